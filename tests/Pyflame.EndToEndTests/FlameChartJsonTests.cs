using System.Globalization;
using System.Text.Json;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>Samples with their times, and flame-chart-json which makes a .cpuprofile of them.</summary>
public sealed class FlameChartJsonTests : IDisposable
{
    private const string Timestamps =
        "1479600000000000\n/a/app.py:<module>:32;/a/app.py:work:25;\n1479600000001000\n(idle)\n1479600000002000\n/a/app.py:<module>:32;\n";

    private readonly TemporaryFolder _folder = new();

    public FlameChartJsonTests() => File.WriteAllText(_folder["in.txt"], Timestamps);

    public void Dispose() => _folder.Dispose();

    private static long[] Numbers(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(number => number.GetInt64())];

    private static string[] Names(JsonElement json) =>
        [.. json.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("callFrame").GetProperty("functionName").GetString()!)];

    private static void AssertIsTheChart(string output)
    {
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["(root)", "(idle)", "<module>", "work"], Names(json));
        Assert.Equal([4, 2, 3, 2], Numbers(json, "samples"));
        Assert.Equal([0, 1000, 1000, 1000], Numbers(json, "timeDeltas"));
        Assert.Equal(1479600000000000, json.GetProperty("startTime").GetInt64());
        Assert.Equal(1479600000003000, json.GetProperty("endTime").GetInt64());
    }

    [Fact]
    public void It_is_a_subcommand_that_reads_a_file()
    {
        CommandResult result = PyflameBinary.Run("flame-chart-json", _folder["in.txt"]);

        Assert.Equal(string.Empty, result.Error);
        Assert.Equal(0, result.ExitCode);
        AssertIsTheChart(result.Output);
    }

    [Fact]
    public void It_is_a_program_of_its_own_through_a_link()
    {
        string link = Path.Combine(Path.GetDirectoryName(PyflameBinary.Location)!, "flame-chart-json");
        CommandResult result = CommandRunner.Run(
            "sh", ["-c", "\"$0\" < $1 && PATH=$2 && flame-chart-json -o $3 < $1", link, _folder["in.txt"], Path.GetDirectoryName(link)!, _folder["out"]], TestLimits.Step);

        Assert.Equal(string.Empty, result.Error);
        Assert.Equal(0, result.ExitCode);
        AssertIsTheChart(result.Output);
        AssertIsTheChart(File.ReadAllText(_folder["out"]));
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_chart_of_a_real_run_has_its_times(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "busy.py", "5");
        DateTimeOffset before = DateTimeOffset.UtcNow;
        CommandResult recorded = PyflameBinary.Run("-T", "-s", "0.3", "-r", "0.005", "-p", target.ProcessId.ToString(CultureInfo.InvariantCulture));
        DateTimeOffset after = DateTimeOffset.UtcNow;
        Assert.Equal(0, target.End());
        Assert.Equal(0, recorded.ExitCode);
        File.WriteAllText(_folder["recorded"], recorded.Output);
        string[] lines = recorded.Output.TrimEnd('\n').Split('\n');
        long[] times = [.. lines.Where((_, index) => index % 2 == 0).Select(line => long.Parse(line, CultureInfo.InvariantCulture))];

        Assert.NotEmpty(times);
        Assert.InRange(times[0], before.ToUnixTimeMilliseconds() * 1000, after.ToUnixTimeMilliseconds() * 1000);
        Assert.InRange(times[^1], times[0], after.ToUnixTimeMilliseconds() * 1000);
        Assert.Equal(times.Order(), times);
        Assert.All(
            lines.Where((_, index) => index % 2 == 1),
            line => Assert.True(line == "(idle)" || line.StartsWith($"{target.ScriptPath}:<module>:40;", StringComparison.Ordinal), line));

        CommandResult converted = PyflameBinary.Run("flame-chart-json", _folder["recorded"]);
        Assert.Equal(string.Empty, converted.Error);
        JsonElement json = JsonDocument.Parse(converted.Output).RootElement;
        Assert.Equal(times[0], json.GetProperty("startTime").GetInt64());
        Assert.True(json.GetProperty("endTime").GetInt64() > times[^1]);
        Assert.Equal(json.GetProperty("endTime").GetInt64() - times[0], Numbers(json, "timeDeltas").Sum());
        Assert.Contains("loop", Names(json));
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Several_threads_are_told_and_may_be_chosen(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "blocked.py", out StackReport report);
        CommandResult recorded = PyflameBinary.Run("-T", "--threads", "-s", "0.05", "-r", "0.005", "-p", target.ProcessId.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(0, target.End());
        File.WriteAllText(_folder["recorded"], recorded.Output);

        CommandResult oldest = PyflameBinary.Run("flame-chart-json", _folder["recorded"]);
        Assert.Equal($"{_folder["recorded"]} has 3 threads and a .cpuprofile shows one: this is the oldest. --thread=2 is the next.\n", oldest.Error);
        Assert.Equal(["(root)", "(idle)", .. report.MainThread.Frames.Select(frame => frame.Name)], Names(JsonDocument.Parse(oldest.Output).RootElement));

        CommandResult second = PyflameBinary.Run("flame-chart-json", "--thread=2", _folder["recorded"]);
        Assert.Equal(string.Empty, second.Error);
        Assert.Contains("second_thread", Names(JsonDocument.Parse(second.Output).RootElement));

        CommandResult fourth = PyflameBinary.Run("flame-chart-json", "--thread=4", _folder["recorded"]);
        Assert.Equal($"There is no thread 4: {_folder["recorded"]} has 3.\n", fourth.Error);
        Assert.Equal(1, fourth.ExitCode);
    }

    [Fact]
    public void Anything_else_is_refused_with_its_line()
    {
        File.WriteAllText(_folder["in.txt"], "/a/app.py:<module>:32 73\n");
        CommandResult result = PyflameBinary.Run("flame-chart-json", _folder["in.txt"]);

        Assert.Equal(
            $"Cannot read {_folder["in.txt"]}: line 1 is not a time in microseconds. The input should be the output of 'pyflame -T'; "
            + "if the program that was traced wrote among it, have the profile written with -o.\n",
            result.Error);
        Assert.Equal(string.Empty, result.Output);
        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData("Cannot read /no/such/file: ", "/no/such/file")]
    [InlineData("Cannot read /: ", "/")]
    [InlineData("Too many words: 'b'. Only one file is read.", "a", "b")]
    [InlineData("There is no option --fast.", "--fast")]
    [InlineData("\"0\" is not the number of a thread: 1 is the oldest.", "--thread=0")]
    public void Mistakes_are_told_in_a_line(string error, params string[] arguments)
    {
        CommandResult result = PyflameBinary.Run(["flame-chart-json", .. arguments]);

        Assert.StartsWith(error, result.Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, result.Output);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public void Help_is_its_own()
    {
        CommandResult result = PyflameBinary.Run("flame-chart-json", "--help");

        Assert.StartsWith("Usage: flame-chart-json [options] [FILE]", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }
}
