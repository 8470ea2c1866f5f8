using Pyflame.Python;

namespace Pyflame.Tests.Python;

public sealed class PythonVersionTests
{
    [Theory]
    [InlineData(0x030D00F0, "3.13.0")]
    [InlineData(0x02071200 | 0xF0, "2.7.18")]
    [InlineData(0x030F00B1, "3.15.0b1")]
    [InlineData(0x030F00A7, "3.15.0a7")]
    [InlineData(0x030F00C2, "3.15.0rc2")]
    [InlineData(0x030A0DF0, "3.10.13")]
    public void Hex_and_text_agree(uint hex, string text)
    {
        PythonVersion version = PythonVersion.FromHex(hex);

        Assert.Equal(hex, version.Hex);
        Assert.Equal(text, version.ToString());
        Assert.True(VersionDetector.TryParse(text, out PythonVersion parsed, out int length));
        Assert.Equal(version, parsed);
        Assert.Equal(text.Length, length);
    }

    [Fact]
    public void Versions_are_in_the_order_of_their_release()
    {
        string[] texts = ["2.7.18", "3.9.18", "3.10.0a1", "3.10.0b4", "3.10.0rc1", "3.10.0", "3.10.1", "3.15.0"];
        PythonVersion[] versions = [.. texts.Select(text => VersionDetector.TryParse(text, out PythonVersion v, out _) ? v : default)];

        Assert.Equal(versions, versions.Reverse().Order());
        Assert.True(versions[1] < versions[2] && versions[2] <= versions[2] && versions[6] > versions[5] && versions[7] >= versions[6]);
        Assert.True(versions[2].IsAtLeast(3, 10));
        Assert.False(versions[1].IsAtLeast(3, 10));
        Assert.True(versions[1].IsAtLeast(2, 7));
    }
}
