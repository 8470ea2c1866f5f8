using System.Text;
using Pyflame.Python;

namespace Pyflame.Tests.Python;

public sealed class VersionDetectorTests
{
    [Theory]
    [InlineData("3.8.18 (default, May  9 2026, 07:33:22) \n[GCC 12.2.0]", "3.8.18")]
    [InlineData("3.11.2 (main, Sep 14 2024, 03:00:30) [GCC 12.2.0]", "3.11.2")]
    [InlineData("3.15.0b1+ (heads/main:0123456789, May  1 2026, 00:00:00) [Clang 18.1.8 ]", "3.15.0b1")]
    [InlineData("3.9.2+ (heads/3.9-dirty:abc, Feb 28 2021, 17:03:44) \n[GCC 10.2.1 20210110]", "3.9.2")]
    [InlineData("3.8.6 | packaged by conda-forge | (default, Oct  7 2020, 19:08:05) \n[GCC 7.5.0]", "3.8.6")]
    [InlineData("2.7.11 |Anaconda 4.0.0 (64-bit)| (default, Dec  6 2015, 18:08:32) \n[GCC 4.4.7 20120313 (Red Hat 4.4.7-1)]", "2.7.11")]
    [InlineData("2.7.18rc1 (default, Apr  4 2020, 15:30:00) \n[GCC 9.3.0]", "2.7.18rc1")]
    [InlineData("3.13.0 experimental free-threading build (main, Oct  7 2024, 05:02:14) [GCC 13.2.0]", "3.13.0")]
    public void The_text_behind_sys_version_is_read(string text, string expected)
    {
        byte[] data = new byte[1024];
        Encoding.ASCII.GetBytes(text, data.AsSpan(500));

        Assert.True(VersionDetector.TryFindText(data, out PythonVersion version));
        Assert.Equal(expected, version.ToString());
    }

    [Theory]
    [InlineData("8.18 (default, May  9 2026) \n[GCC 12.2.0]")]
    [InlineData("4.8.18 (default, May  9 2026) \n[GCC 12.2.0]")]
    [InlineData("3.8.18 default, May  9 2026) \n[GCC 12.2.0]")]
    [InlineData("3.8.18x (default, May  9 2026) \n[GCC 12.2.0]")]
    [InlineData("3.8.18\u0001 (default, May  9 2026) \n[GCC 12.2.0]")]
    [InlineData("sqlite 3.40.1 (a) [b]")]
    [InlineData("1.2.13 (zlib) [x]")]
    [InlineData(") \n[")]
    [InlineData(") [) [) [")]
    public void Other_text_is_passed_over(string text)
    {
        byte[] data = new byte[600];
        Encoding.ASCII.GetBytes(text, data.AsSpan(7));

        Assert.False(VersionDetector.TryFindText(data, out _));
    }

    [Fact]
    public void The_first_text_that_fits_is_taken_even_behind_one_that_does_not()
    {
        byte[] data = Encoding.ASCII.GetBytes("f(a) [b]\0\03.7.16 (default, May  9 2026, 07:30:00) \n[GCC 12.2.0]\0");

        Assert.True(VersionDetector.TryFindText(data, out PythonVersion version));
        Assert.Equal(new PythonVersion(3, 7, 16), version);
    }

    [Theory]
    [InlineData("libpython3.6m.so.1.0", 3, 6)]
    [InlineData("libpython2.7.so.1.0", 2, 7)]
    [InlineData("libpython3.13t.so.1.0", 3, 13)]
    [InlineData("libpython3.11d.so.1.0", 3, 11)]
    public void A_soname_tells_the_minor_version(string soName, int major, int minor)
    {
        Assert.True(VersionDetector.TryParseSoName(soName, out PythonVersion version));
        Assert.Equal(new PythonVersion(major, minor), version);
    }

    [Theory]
    [InlineData("libpython3.so")]
    [InlineData("libpython.so.1")]
    [InlineData("libpython4.1.so")]
    [InlineData("libpypy3.9-c.so")]
    [InlineData("/usr/lib/libpython3.9.so")]
    [InlineData("")]
    [InlineData(null)]
    public void Other_sonames_tell_nothing(string? soName) => Assert.False(VersionDetector.TryParseSoName(soName, out _));

    [Theory]
    [InlineData("3.8")]
    [InlineData("3.8.")]
    [InlineData("3..8")]
    [InlineData("3.8.256")]
    [InlineData("3.8.1000")]
    [InlineData("3.8.0rc")]
    [InlineData("3.8.0b16")]
    [InlineData("3.8.0x")]
    [InlineData("")]
    public void What_is_no_version_is_refused(string text) => Assert.False(VersionDetector.TryParse(text, out _, out _));
}
