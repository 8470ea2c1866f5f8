using Pyflame.Cli.Commands;

namespace Pyflame.Tests.Cli;

public sealed class OwnProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pyflame-own-").FullName;

    public OwnProgramTests()
    {
        File.WriteAllText(In("profiler"), "");
        File.WriteAllText(In("python3"), "");
        File.CreateSymbolicLink(In("flame-chart-json"), "profiler");
        File.CreateSymbolicLink(In("circle"), "circle");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    [Theory]
    [InlineData("pyflame")]
    [InlineData("./src/pyflame")]
    [InlineData("/no/such/folder/pyflame")]
    public void The_name_tells(string command) => Assert.True(OwnProgram.IsMeantBy(command, In("profiler"), "/usr/bin"));

    [Theory]
    [InlineData("profiler")]
    [InlineData("flame-chart-json")]
    public void The_file_tells_whatever_its_name(string name)
    {
        Assert.True(OwnProgram.IsMeantBy(In(name), In("profiler"), string.Empty));
        Assert.True(OwnProgram.IsMeantBy(name, In("profiler"), $"/no/such/folder:{_folder}"));
    }

    [Theory]
    [InlineData("python3")]
    [InlineData("circle")]
    [InlineData("absent")]
    [InlineData("")]
    public void Any_other_program_is_another(string name)
    {
        Assert.False(OwnProgram.IsMeantBy(In(name), In("profiler"), string.Empty));
        Assert.False(OwnProgram.IsMeantBy(name, In("profiler"), _folder));
    }

    [Fact]
    public void An_own_path_that_is_not_known_is_no_match() => Assert.False(OwnProgram.IsMeantBy(In("python3"), null, string.Empty));
}
