using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>What the README tells a user to type does what it says.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class ReadmeTests : IDisposable
{
    // They build, change the machine, or need one with Docker.
    private static readonly string[] NotRun =
    [
        "./build.sh demo",
        "./build.sh test",
        "sudo install dist/pyflame /usr/local/bin/",
        "sudo ln -s pyflame /usr/local/bin/flame-chart-json",
        "sudo pyflame -p \"$(docker inspect --format '{{.State.Pid}}' my-container)\"",
        "docker run --cap-add SYS_PTRACE my-image",
        "sudo sysctl kernel.yama.ptrace_scope=0",
        "sudo setcap cap_sys_ptrace+ep /usr/local/bin/pyflame",
    ];

    private readonly TemporaryFolder _folder = new();

    /// <summary>Every line of the README's shell examples that can be run.</summary>
    public static TheoryData<string> Runnable => [.. Commands().Except(NotRun)];

    [GeneratedRegex("^```sh\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block { get; }

    [GeneratedRegex("(^| {2,})#.*$")]
    private static partial Regex Comment { get; }

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)\)")]
    private static partial Regex Link { get; }

    [GeneratedRegex(@"(?<=(-[sd]|--duration) )\d+")]
    private static partial Regex Seconds { get; }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Runnable))]
    public void A_command_does_what_the_readme_says(string command)
    {
        Directory.CreateSymbolicLink(_folder["examples"], InTree("examples"));
        WriteFlameGraph();
        using TargetProgram target = TargetProgram.Start(InterpreterCatalog.All[^1], "busy.py");
        string runnable = Seconds.Replace(command, "0.3").Replace("12345", target.ProcessId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        ProcessStartInfo shell = new("sh", ["-ec", runnable]) { WorkingDirectory = _folder[""] };
        shell.Environment["PATH"] = $"{Path.GetDirectoryName(PyflameBinary.Location)}:{_folder["bin"]}:{shell.Environment["PATH"]}";
        CommandResult result = CommandRunner.Run(shell, TestLimits.Step);

        Assert.Matches("^(pyflame: .*\n)?$", result.Error);
        Assert.Equal(0, result.ExitCode);
        AssertWritten(command, result.Output);
    }

    [Fact]
    public void Every_file_that_is_linked_exists() => Assert.All(
        Link.Matches(File.ReadAllText(InTree("README.md"))).Select(link => link.Groups[1].Value),
        path => Assert.True(File.Exists(InTree(path)), path));

    [Fact]
    public void The_two_commands_come_first_and_no_other_escapes_the_test()
    {
        Assert.Equal(["./build.sh demo", "./build.sh test"], Commands().Take(2));
        Assert.Empty(NotRun.Except(Commands()));
    }

    private static IEnumerable<string> Commands() => Block.Matches(File.ReadAllText(InTree("README.md")))
        .SelectMany(block => block.Groups[1].Value.Split('\n'))
        .Select(line => Comment.Replace(line, string.Empty).TrimEnd())
        .Where(line => line.Length > 0);

    private static string InTree(string path)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pyflame.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, path);
    }

    // Reads as strictly as the real one does, and draws nothing.
    private void WriteFlameGraph()
    {
        Directory.CreateDirectory(_folder["bin"]);
        string path = Path.Combine(_folder["bin"], "flamegraph.pl");
        File.WriteAllText(path, "#!/bin/sh\nexec awk '!/^.+ [0-9]+$/ {exit 1} {n++} END {if (!n) exit 1; print \"<svg/>\"}'\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private void AssertWritten(string command, string output)
    {
        if (command.EndsWith("> profile.svg", StringComparison.Ordinal))
        {
            Assert.Equal("<svg/>\n", File.ReadAllText(_folder["profile.svg"]));
        }
        else if (command.EndsWith("> profile.cpuprofile", StringComparison.Ordinal))
        {
            Assert.NotEmpty(JsonDocument.Parse(File.ReadAllText(_folder["profile.cpuprofile"])).RootElement.GetProperty("samples").EnumerateArray());
        }
        else if (command.StartsWith("pyflame record", StringComparison.Ordinal))
        {
            string text = File.ReadAllText(Directory.GetFiles(_folder[""], "profile.*").Single());
            Assert.Contains(command.Contains("12345", StringComparison.Ordinal) ? "descend" : "fingerprint", text, StringComparison.Ordinal);
        }
        else if (command.StartsWith("pyflame dump", StringComparison.Ordinal))
        {
            Assert.Contains("    descend (", output, StringComparison.Ordinal);
            Assert.Contains("\n        remaining = ", output, StringComparison.Ordinal);
        }
        else if (command.Contains(" -d ", StringComparison.Ordinal))
        {
            Assert.Matches(@"^\d+\*?:\n(.+:.+:\d+\n)+$", output);
        }
        else
        {
            bool intoFile = command.Contains("-o profile.txt", StringComparison.Ordinal);
            Assert.NotEmpty(CollapsedOutput.Parse(intoFile ? File.ReadAllText(_folder["profile.txt"]) : output));
        }
    }
}
