using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Samples of greenlets on the stacks of those that wait for them.</summary>
public sealed class GreenletFramesTests
{
    // Those of the main thread; that of another one has three functions of threading below.
    private static readonly string[] Nested =
        ["run", "switch_to_outer", "outer", "switch_to_inner", "<lambda>", "inner"];

    // Greenlet 2 and later.
    public static TheoryData<string> Versions => ["3.11", "3.13", "3.14"];

    public static MatrixTheoryData<string, SamplingMode> VersionsAndModes => new(Versions.Select(row => row.Data), [SamplingMode.Auto, SamplingMode.Nonblocking]);

    [Theory]
    [MemberData(nameof(Versions))]
    public void The_parents_stand_below_down_to_the_main_greenlet_of_each_thread(string version)
    {
        Interpreter? interpreter = InterpreterCatalog.WithGevent(version);
        Assert.SkipWhen(interpreter is null, UnpackedPrograms.Missing);
        using TargetProgram program = TargetProgram.Start(interpreter, "greenlet_parents.py");
        using var recorder = new SampleRecorder(
            program.ProcessId, new RecordingOptions { Threads = ThreadSelection.All, Greenlets = true, ReadNames = true });
        var stacks = new Dictionary<string, string>();
        recorder.Run(sample =>
        {
            string[] functions = [.. recorder.Describe(sample.Stack).Select(frame => frame.Function)];
            if (functions.Contains("work"))
            {
                stacks[recorder.Profile.Threads[sample.Thread.Value].Name!] = string.Join(' ', functions);
            }

            // Until a thread's greenlets are found, its stacks end where the innermost one begins.
            return stacks.Count < 2 || stacks.Values.Any(stack => stack.StartsWith("<lambda>", StringComparison.Ordinal));
        });

        Assert.Equal(string.Join(' ', ["<module>", "end", .. Nested, "work"]), stacks["MainThread"]);
        Assert.Equal(string.Join(' ', ["_bootstrap", "_bootstrap_inner", "run", .. Nested, "work"]), stacks["second"]);
        Assert.Equal(0, program.End());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Greenlets_that_take_turns_are_never_on_wrong_parents(string version)
    {
        Interpreter? interpreter = InterpreterCatalog.WithGevent(version);
        Assert.SkipWhen(interpreter is null, UnpackedPrograms.Missing);
        using TargetProgram program = TargetProgram.Start(interpreter, "greenlet_parents.py", "switching");
        using var recorder = new SampleRecorder(program.ProcessId, new RecordingOptions { Threads = ThreadSelection.All, Greenlets = true, StoppedShare = 1 });

        // A thread's greenlets are looked for now and then: until they are found, a stack ends where its greenlet begins.
        const string parents = "<module> end run_in_turn between";
        var seen = new Dictionary<string, int>();
        recorder.Run(sample =>
        {
            string stack = string.Join(' ', recorder.Describe(sample.Stack).Select(frame => frame.Function));
            if (seen.Count > 0 || stack.StartsWith(parents, StringComparison.Ordinal))
            {
                seen[stack] = seen.GetValueOrDefault(stack) + 1;
            }

            return seen.Values.Sum() < 5000;
        });

        TestContext.Current.TestOutputHelper!.WriteLine(string.Join('\n', seen.Select(pair => $"{pair.Value} {pair.Key}")));

        // Unknown are those of a thread that lost its processor in the middle of a switch.
        string[] whole = [parents, $"{parents} take_turns", $"{parents} take_turns work"];
        Assert.All(seen.Keys.Where(stack => !stack.StartsWith("(unknown)", StringComparison.Ordinal)), stack => Assert.Contains(stack, whole));
        Assert.Contains($"{parents} take_turns work", seen.Keys);
        Assert.Equal(0, program.End());
    }

    [Theory]
    [MemberData(nameof(VersionsAndModes))]
    public void Greenlets_that_are_switched_to_from_several_places_are_never_on_the_wrong_one(string version, SamplingMode mode)
    {
        Interpreter? interpreter = InterpreterCatalog.WithGevent(version);
        Assert.SkipWhen(interpreter is null, UnpackedPrograms.Missing);
        using TargetProgram program = TargetProgram.Start(interpreter, "greenlet_parents.py", "places");
        using var recorder = new SampleRecorder(
            program.ProcessId, new RecordingOptions { Threads = ThreadSelection.All, Greenlets = true, Mode = mode, StoppedShare = 1 });
        var seen = new Dictionary<string, int>();
        recorder.Run(sample =>
        {
            string stack = string.Join(' ', recorder.Describe(sample.Stack).Select(frame => frame.Function));
            seen[stack] = seen.GetValueOrDefault(stack) + 1;
            return seen.Where(pair => pair.Key.Contains("from_", StringComparison.Ordinal)).Sum(pair => pair.Value) < 2000;
        });

        TestContext.Current.TestOutputHelper!.WriteLine(string.Join('\n', seen.Select(pair => $"{pair.Value} {pair.Key}")));
        Assert.DoesNotContain(seen.Keys, stack => stack.Contains("from_first", StringComparison.Ordinal) && stack.EndsWith("second", StringComparison.Ordinal));
        Assert.DoesNotContain(seen.Keys, stack => stack.Contains("from_second", StringComparison.Ordinal) && stack.EndsWith("first", StringComparison.Ordinal));
        Assert.Equal(0, program.End());
    }
}
