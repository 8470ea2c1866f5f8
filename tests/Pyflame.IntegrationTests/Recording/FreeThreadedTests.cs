using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>What only builds without a GIL have: threads that run Python at once, and a GIL that can be had all the same.</summary>
public sealed class FreeThreadedTests
{
    private static readonly string[] Spinning = ["spin", "spin_too"];

    [Theory]
    [InterpreterData(OnlyFreeThreaded = true)]
    public void Threads_that_run_at_once_are_all_sampled_as_running(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "states.py", "spin", "spin_too", "sleep");
        using var recorder = new SampleRecorder(
            program.ProcessId, new RecordingOptions { Threads = ThreadSelection.OnCpu, ReadStates = true, ReadNames = true });
        var running = new Dictionary<long, HashSet<string>>();
        var states = new HashSet<SampleState>();
        recorder.Run(sample =>
        {
            string name = recorder.Profile.Threads[sample.Thread.Value].Name!;
            states.Add(sample.State & ~SampleState.Paused);
            running.TryAdd(sample.TimestampNanoseconds, []);
            running[sample.TimestampNanoseconds].Add(name);
            return running.Count < 200;
        });

        // The last round was cut short, and the main thread may be on its way to wait in the first ones.
        Assert.Contains(running.Values, names => names.IsSupersetOf(Spinning));
        Assert.All(running.Values, names => Assert.DoesNotContain("sleep", names));
        Assert.Equal([SampleState.OnCpu], states);
    }

    [Theory]
    [InterpreterData(OnlyFreeThreaded = true)]
    public void All_threads_are_sampled_where_the_holder_of_the_GIL_is_wanted(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "states.py", "spin", "spin_too");
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        Assert.False(PythonRuntime.Locate(target).HasGil());

        Assert.Superset(Spinning.ToHashSet(), NamesOf(program, ThreadSelection.GilHolder));
    }

    [Theory]
    [InterpreterData(OnlyFreeThreaded = true)]
    public void A_GIL_that_was_asked_for_is_heeded(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.StartUnder(
            command => [command[0], "-X", "gil=1", .. command.Skip(1)], interpreter, "states.py", "spin", "spin_too", "sleep");
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target);

        Assert.True(runtime.HasGil());
        int[] holders = [.. Enumerable.Range(0, 100).Select(_ => ThreadDumper.Dump(target, runtime, SamplingMode.Auto).Count(dump => dump.HoldsGil == true))];
        Assert.Contains(1, holders);
        Assert.All(holders, count => Assert.InRange(count, 0, 1));
        using var recorder = new SampleRecorder(
            program.ProcessId, new RecordingOptions { Threads = ThreadSelection.GilHolder, ReadStates = true, ReadNames = true });
        var names = new HashSet<string>();
        var perRound = new Dictionary<long, int>();
        recorder.Run(sample =>
        {
            names.Add(recorder.Profile.Threads[sample.Thread.Value].Name!);
            perRound[sample.TimestampNanoseconds] = perRound.GetValueOrDefault(sample.TimestampNanoseconds) + 1;
            Assert.NotEqual(SampleState.None, sample.State & SampleState.HoldsGil);
            return !names.IsSupersetOf(Spinning);
        });

        Assert.DoesNotContain("sleep", names);
        Assert.All(perRound.Values, count => Assert.Equal(1, count));
    }

    private static HashSet<string> NamesOf(TargetProgram program, ThreadSelection threads)
    {
        using var recorder = new SampleRecorder(program.ProcessId, new RecordingOptions { Threads = threads, ReadNames = true });
        var names = new HashSet<string>();
        recorder.Run(sample =>
        {
            names.Add(recorder.Profile.Threads[sample.Thread.Value].Name!);
            return !names.IsSupersetOf(Spinning);
        });
        return names;
    }
}
