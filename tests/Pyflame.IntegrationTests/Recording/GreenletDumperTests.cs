using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Greenlets, beside what gevent's own <c>print_run_info</c> says of them.</summary>
public sealed partial class GreenletDumperTests
{
    // That of 3.9 is greenlet 0.4, where all lies elsewhere.
    [Theory]
    [InlineData("3.9")]
    [InlineData("3.11")]
    [InlineData("3.13")]
    [InlineData("3.14")]
    public void Every_greenlet_that_is_switched_away_from_has_its_stack(string version)
    {
        Interpreter? interpreter = InterpreterCatalog.WithGevent(version);
        Assert.SkipWhen(interpreter is null, UnpackedPrograms.Missing);
        using TargetProgram program = TargetProgram.Start(interpreter, "greenlets.py");
        program.WaitUntilBlocked();
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);

        PythonRuntime runtime = PythonRuntime.Locate(target);
        IReadOnlyList<GreenletDump>? greenlets =
            GreenletDumper.Dump(runtime, ThreadDumper.Dump(target, runtime, SamplingMode.Auto), new DumpOptions());

        Assert.NotNull(greenlets);
        Assert.Equal(
            ReadReport(program.Preamble[^1]).Order(StringComparer.Ordinal),
            greenlets.Select(greenlet => string.Join(" > ", greenlet.Frames.Reverse().Select(frame => Text(frame.Function, frame.Line)))).Order(StringComparer.Ordinal));
        Assert.Equal(["Greenlet", "Greenlet", "Greenlet", "Hub", "greenlet"], greenlets.Select(greenlet => greenlet.Type).Order(StringComparer.Ordinal));
        // Before greenlet 2 nothing tells.
        Assert.All(greenlets, greenlet => Assert.Equal(version == "3.9" ? 0 : program.ProcessId, greenlet.ThreadId));
        ulong hub = greenlets.Single(greenlet => greenlet.Type == "Hub").Address;
        Assert.All(greenlets.Where(greenlet => greenlet.Type == "Greenlet"), greenlet => Assert.Equal(hub, greenlet.Parent));
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_program_without_greenlets_has_none(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.StartBlocked(interpreter, "blocked.py", out _);
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);

        Assert.Null(GreenletDumper.Dump(PythonRuntime.Locate(target), [], new DumpOptions()));
    }

    // Of each greenlet but the current one, the frames behind "Running:".
    private static List<string> ReadReport(string json)
    {
        var stacks = new List<string>();
        var frames = new List<string>();
        bool isRunning = false;
        bool isCurrent = false;
        bool isReporter = false;
        foreach (string line in JsonSerializer.Deserialize<string[]>(json)!.SelectMany(text => text.Split('\n')).Append("Parent:"))
        {
            if (line.Contains('<', StringComparison.Ordinal) && !line.Contains("File \"", StringComparison.Ordinal) && !line.Contains("Parent:", StringComparison.Ordinal))
            {
                isCurrent = line.Contains(" current ", StringComparison.Ordinal);
            }

            if (line.Contains("Running:", StringComparison.Ordinal) || line.Contains("Spawned at:", StringComparison.Ordinal) || line.Contains("Parent:", StringComparison.Ordinal))
            {
                if (frames.Count > 0 && !isReporter)
                {
                    stacks.Add(string.Join(" > ", frames));
                }

                frames.Clear();
                isReporter = false;
                isRunning = line.Contains("Running:", StringComparison.Ordinal) && !isCurrent;
            }
            else if (isRunning && FrameLine().Match(line) is { Success: true } match)
            {
                // An older gevent does not mark the current one, which is printing this.
                isReporter |= line.Contains("/gevent/util.py", StringComparison.Ordinal);
                frames.Add(Text(match.Groups[2].Value, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
            }
        }

        return stacks;
    }

    private static string Text(string function, int line) => string.Create(CultureInfo.InvariantCulture, $"{function}:{line}");

    [GeneratedRegex("File \".*\", line ([0-9]+), in (.*)$")]
    private static partial Regex FrameLine();
}
