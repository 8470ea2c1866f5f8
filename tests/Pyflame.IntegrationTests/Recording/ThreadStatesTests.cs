using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>What threads are said to do, beside what they do.</summary>
public sealed class ThreadStatesTests
{
    // arch/x86/entry/syscalls/syscall_64.tbl
    private const int ReadCall = 0;
    private const int Select = 23;
    private const int ReceiveCall = 45;
    private const int PollingSelect = 270;

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Says_what_each_blocked_thread_waits_for(Interpreter interpreter)
    {
        using TargetProgram program =
            TargetProgram.Start(interpreter, "states.py", "sleep", "wait_for_lock", "read_pipe", "receive");
        program.WaitUntilBlocked();

        Dictionary<string, HashSet<SampleState>> states = Record(program, new RecordingOptions { ReadStates = true });

        // Before 3.11 time.sleep waits in select(2).
        Assert.Contains(Assert.Single(states["sleep"]), interpreter.Version >= new Version(3, 11)
            ? [SampleState.Idle | SampleState.Sleep]
            : new[] { (SampleState.Idle | SampleState.Poll).WithSystemCall(Select), (SampleState.Idle | SampleState.Poll).WithSystemCall(PollingSelect) });
        Assert.Equal([SampleState.Idle | SampleState.Lock], states["wait_for_lock"]);
        Assert.Equal([(SampleState.Idle | SampleState.InputOutput).WithSystemCall(ReadCall)], states["read_pipe"]);
        Assert.Equal([(SampleState.Idle | SampleState.InputOutput).WithSystemCall(ReceiveCall)], states["receive"]);
        Assert.Equal(["lock", "read", "recvfrom"], new[] { "wait_for_lock", "read_pipe", "receive" }.Select(name => states[name].Single().Describe()));
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Never_says_that_a_thread_is_idle_that_works(Interpreter interpreter)
    {
        // It sleeps before there is another thread that it would have to wait for the GIL of.
        using TargetProgram program = TargetProgram.Start(interpreter, "states.py", "sleep", "spin", "compress");

        Dictionary<string, HashSet<SampleState>> states =
            Record(program, new RecordingOptions { ExcludeIdle = true, RoundLimit = 200 });

        // A stripped 2.7 does not tell where its GIL is, so that waiting for it counts as waiting for any lock.
        Assert.Contains("spin", states.Keys);
        SampleState working = interpreter.IsFreeThreaded ? SampleState.OnCpu : SampleState.HoldsGil;
        Assert.Contains(states["spin"], state => (state & working) != 0);
        Assert.DoesNotContain("sleep", states.Keys);
        Assert.All(states.Values.SelectMany(all => all), state => Assert.Equal(SampleState.None, state & SampleState.Idle));
    }

    [Theory]
    [InterpreterData(OnePerVersion = true, OnlyWithGil = true)]
    public void Of_two_threads_that_spin_one_holds_the_gil_and_the_other_waits_for_it(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "states.py", "spin", "spin_too", "compress");

        Dictionary<string, HashSet<SampleState>> states = Record(program, new RecordingOptions { ReadStates = true, RoundLimit = 2000 });

        // A stripped interpreter before 3.7 has no symbol that tells where its threads wait for the GIL.
        string waiting = interpreter.IsStripped && interpreter.Version < new Version(3, 7) ? "lock" : SampleStates.WaitingForGil;
        foreach (string name in new[] { "spin", "spin_too" })
        {
            string[] said = [.. states[name].Select(state => state.Describe())];
            Assert.Contains(SampleStates.HoldingGil, said);
            Assert.Contains(waiting, said);
        }

        Assert.Contains(states["compress"], state => (state & (SampleState.OnCpu | SampleState.HoldsGil)) == SampleState.OnCpu);
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Only_threads_on_a_processor_are_sampled_where_that_is_asked_for(Interpreter interpreter)
    {
        // Those that wait come first: behind ones that hold the GIL they may still be on their way to it.
        using TargetProgram program = TargetProgram.Start(interpreter, "states.py", "sleep", "receive", "compress", "spin", "spin_too");

        Dictionary<string, HashSet<SampleState>> states =
            Record(program, new RecordingOptions { RoundLimit = 500 }, ThreadSelection.OnCpu);

        // That has just said that it is ready, and may be on its way to wait.
        states.Remove("MainThread");
        Assert.Equal(["compress", "spin", "spin_too"], states.Keys.Order(StringComparer.Ordinal));
        Assert.All(states.Values.SelectMany(all => all), state => Assert.Equal(SampleState.OnCpu, state & (SampleState.OnCpu | SampleState.Idle)));
    }

    [Theory]
    [InterpreterData(From = "3.7", OnePerVersion = true)]
    public void Garbage_collection_is_a_frame(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "states.py", "collect");
        using var recorder = new SampleRecorder(program.ProcessId, new RecordingOptions { Threads = ThreadSelection.All, ReadStates = true });
        StackId stack = default;
        recorder.Run(sample =>
        {
            stack = stack.IsEmpty && (sample.State & SampleState.CollectingGarbage) != 0 ? sample.Stack : stack;
            return stack.IsEmpty;
        });

        Assert.Equal(["collect", "<gc>"], recorder.Describe(stack).TakeLast(2).Select(frame => frame.Function));
    }

    private static Dictionary<string, HashSet<SampleState>> Record(
        TargetProgram program, RecordingOptions options, ThreadSelection threads = ThreadSelection.All)
    {
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        var profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UtcNow, Mode = "wall", RateHertz = 1000 });
        profile.Samples = new SampleLog();
        using var sampler = new Sampler(
            options with { Threads = threads, ReadNames = true, RoundLimit = options.RoundLimit ?? 20 }, profile, profile.Samples);
        sampler.Attach(target);
        sampler.Run();
        var states = new Dictionary<string, HashSet<SampleState>>();
        foreach (Sample sample in profile.Samples)
        {
            string name = profile.Threads[sample.Thread.Value].Name!;
            if (!states.TryGetValue(name, out HashSet<SampleState>? seen))
            {
                states.Add(name, seen = []);
            }

            seen.Add(sample.State & ~SampleState.Paused);
        }

        return states;
    }
}
