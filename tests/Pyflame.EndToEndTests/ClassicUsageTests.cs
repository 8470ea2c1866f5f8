using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>What the classic command line says without a process to sample.</summary>
public sealed partial class ClassicUsageTests
{
    [GeneratedRegex(@"^pyflame \d+\.\d+\.\d+( \(commit \w+\))? linux-gnu x86_64 \(ABI list: \d+( \d+)*\)\n$")]
    private static partial Regex VersionLine { get; }

    [Theory]
    [InlineData("-v")]
    [InlineData("--version")]
    public void Version_is_one_line_with_the_abis(string option)
    {
        CommandResult result = PyflameBinary.Run(option);

        Assert.Matches(VersionLine, result.Output);
        Assert.StartsWith("pyflame 2.0.0 ", result.Output, StringComparison.Ordinal);
        Assert.Contains("(ABI list: 26 27 31 32 33 34 35 36 37 38 39 310 311 312 313 314 315)", result.Output, StringComparison.Ordinal);
        Assert.Equal(string.Empty, result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    public void Help_tells_every_option(string option)
    {
        CommandResult result = PyflameBinary.Run(option);

        Assert.StartsWith("Usage: pyflame [options] [-p] PID\n       pyflame [options] -t command arg1 arg2...\n", result.Output, StringComparison.Ordinal);
        Assert.All(
            [
                "-p, --pid=PID", "-s, --seconds=SECS", "-r, --rate=RATE", "-t, --trace", "-o, --output=PATH", "-x, --exclude-idle",
                "-n, --no-line-numbers", "-d, --dump", "--threads", "-T, --flamechart", "--abi=NN", "-h, --help", "-v, --version",
            ],
            text => Assert.Contains(text, result.Output, StringComparison.Ordinal));
        Assert.All(result.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.Equal(string.Empty, result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData]
    [InlineData("-x")]
    [InlineData("-t")]
    [InlineData("-x", "--trace")]
    [InlineData("1", "2")]
    [InlineData("foo", "bar")]
    [InlineData("-p", "1", "2")]
    [InlineData("1", "-t", "true")]
    public void What_cannot_be_guessed_shows_the_usage(params string[] arguments)
    {
        CommandResult result = PyflameBinary.Run(arguments);

        Assert.StartsWith("Usage: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, result.Output);
        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData("Options -p and -t are not mutually compatible.\n", "-p", "1", "-t", "python3", "--version")]
    [InlineData("Options -d and -t are not mutually compatible.\n", "-d", "-t", "python3", "--version")]
    [InlineData("There is no option --fast.\nTry 'pyflame --help' for every option.\n", "--fast", "-p", "1")]
    [InlineData("Option -p needs a value.\nTry 'pyflame --help' for every option.\n", "-p")]
    [InlineData("Error: failed to parse \"foo\" as a PID.\nTry 'pyflame --help' for every option.\n", "foo")]
    [InlineData("Error: failed to parse \"-1\" as a PID.\nTry 'pyflame --help' for every option.\n", "-p", "-1")]
    [InlineData("Error: failed to parse \"0\" as a PID.\nTry 'pyflame --help' for every option.\n", "-p", "0")]
    [InlineData("Error: failed to parse \"99999999999\" as a PID.\nTry 'pyflame --help' for every option.\n", "--pid=99999999999")]
    public void Wrong_options_are_told(string error, params string[] arguments)
    {
        CommandResult result = PyflameBinary.Run(arguments);

        Assert.Equal(error, result.Error);
        Assert.Equal(string.Empty, result.Output);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public void An_unknown_abi_is_told_before_anything_else()
    {
        CommandResult result = PyflameBinary.Run("--abi=0", "-p", "1");

        Assert.StartsWith("Unknown or unsupported ABI ", result.Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, result.Output);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public void A_process_that_does_not_exist_cannot_be_seized()
    {
        // The kernel counts no further than this (PID_MAX_LIMIT, 2^22).
        CommandResult result = PyflameBinary.Run("-p", "4194305");

        Assert.StartsWith("Failed to seize PID 4194305: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, result.Output);
        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData]
    [InlineData("-d")]
    [InlineData("-s", "0")]
    public void A_process_that_is_not_Python_is_told(params string[] options)
    {
        using Process cat = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        CommandResult result = PyflameBinary.Run([.. options, "-p", cat.Id.ToString(CultureInfo.InvariantCulture)]);
        cat.StandardInput.Close();
        cat.WaitForExit();

        Assert.StartsWith("Failed to locate libpython", result.Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, result.Output);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(0, cat.ExitCode);
    }

    [Theory]
    [InlineData("/dev/full")]
    [InlineData("/no/such/folder/profile.txt")]
    public void Help_into_a_full_device_is_a_failure_and_no_crash(string path)
    {
        string command = path == "/dev/full" ? "exec \"$0\" -h > /dev/full" : "exec \"$0\" -o /no/such/folder/profile.txt -p 1";
        CommandResult result = CommandRunner.Run("sh", ["-c", command, PyflameBinary.Location], TestLimits.Step);

        Assert.StartsWith("Cannot write ", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public void A_closed_standard_output_is_told()
    {
        CommandResult result = CommandRunner.Run("sh", ["-c", "exec \"$0\" -p 1 >&-", PyflameBinary.Location], TestLimits.Step);

        Assert.Equal("Cannot write standard output: it is closed. Name a file with -o.\n", result.Error);
        Assert.Equal(1, result.ExitCode);
    }
}
