using System.Runtime.Versioning;
using Pyflame.Cli.Output;

namespace Pyflame.Tests.Cli;

[SupportedOSPlatform("linux")]
public sealed class ProfileOutputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pyflame-output-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private string[] Names() => [.. Directory.GetFileSystemEntries(_folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private static void WriteTo(string path, string text)
    {
        using ProfileOutput output = ProfileOutput.Open(path);
        output.Write(stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void A_new_file_appears_whole_and_alone()
    {
        using (ProfileOutput output = ProfileOutput.Open(In("profile.txt")))
        {
            output.Write(stream =>
            {
                stream.Write("half"u8);
                stream.Flush();
                Assert.False(File.Exists(In("profile.txt")));
                stream.Write(" and half"u8);
            });
        }

        Assert.Equal("half and half", File.ReadAllText(In("profile.txt")));
        Assert.Equal(["profile.txt"], Names());
    }

    [Fact]
    public void Nothing_is_left_of_an_output_that_was_not_written()
    {
        ProfileOutput.Open(In("profile.txt")).Dispose();
        Assert.Empty(Names());
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_as_it_was()
    {
        File.WriteAllText(In("profile.txt"), "old");
        using (ProfileOutput output = ProfileOutput.Open(In("profile.txt")))
        {
            OutputException failure = Assert.Throws<OutputException>(() => output.Write(stream =>
            {
                stream.Write("half"u8);
                throw new IOException("The disk is full.");
            }));
            Assert.Equal($"Cannot write {In("profile.txt")}: The disk is full.", failure.Message);
        }

        Assert.Equal("old", File.ReadAllText(In("profile.txt")));
        Assert.Equal(["profile.txt"], Names());
    }

    [Fact]
    public void An_old_file_is_replaced_and_keeps_its_permissions()
    {
        File.WriteAllText(In("profile.txt"), "old and longer");
        File.SetUnixFileMode(In("profile.txt"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        WriteTo(In("profile.txt"), "new");
        Assert.Equal("new", File.ReadAllText(In("profile.txt")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("profile.txt")));
        Assert.Equal(["profile.txt"], Names());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_link_leads_to_is_written_and_the_link_stays(bool exists)
    {
        if (exists)
        {
            File.WriteAllText(In("target.txt"), "old");
        }

        File.CreateSymbolicLink(In("link.txt"), "target.txt");
        WriteTo(In("link.txt"), "new");
        Assert.Equal("target.txt", new FileInfo(In("link.txt")).LinkTarget);
        Assert.Equal("new", File.ReadAllText(In("target.txt")));
    }

    [Fact]
    public void A_device_is_written_and_stays_a_device()
    {
        WriteTo("/dev/null", "text");
        File.CreateSymbolicLink(In("null"), "/dev/null");
        WriteTo(In("null"), "text");
        Assert.Equal("/dev/null", new FileInfo(In("null")).LinkTarget);
        Assert.Empty(File.ReadAllBytes("/dev/null"));
    }

    [Fact]
    public void A_full_device_is_a_failure()
    {
        using ProfileOutput output = ProfileOutput.Open("/dev/full");
        OutputException failure = Assert.Throws<OutputException>(() => output.Write(stream => stream.Write("text"u8)));
        Assert.StartsWith("Cannot write /dev/full: No space left on device", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_missing_is_found_out_at_once() => Assert.Equal(
        $"Cannot write {In("no/profile.txt")}: There is no folder {In("no")}.",
        Assert.Throws<OutputException>(() => ProfileOutput.Open(In("no/profile.txt"))).Message);

    [Fact]
    public void A_folder_is_no_file() => Assert.Equal(
        $"Cannot write {_folder}: It is a directory.",
        Assert.Throws<OutputException>(() => ProfileOutput.Open(_folder)).Message);

    [Fact]
    public void A_path_through_a_file_is_found_out_at_once()
    {
        File.WriteAllText(In("file"), "");
        Assert.StartsWith(
            $"Cannot write {In("file/profile.txt")}: ",
            Assert.Throws<OutputException>(() => ProfileOutput.Open(In("file/profile.txt"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_as_long_as_file_systems_take_is_written()
    {
        string name = new('n', 255);
        WriteTo(In(name), "text");
        Assert.Equal([name], Names());
    }

    [Fact]
    public void A_write_protected_file_is_found_out_at_once()
    {
        if (Environment.IsPrivilegedProcess)
        {
            Assert.Skip("root may write every file");
        }

        File.WriteAllText(In("profile.txt"), "old");
        File.SetUnixFileMode(In("profile.txt"), UnixFileMode.UserRead);
        Assert.Throws<OutputException>(() => ProfileOutput.Open(In("profile.txt")));
    }
}
