using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Tests.Python.Snapshots;

namespace Pyflame.Tests.Recording;

public sealed class TargetSamplerTests
{
    /// <summary>The versions whose threads say themselves that they hold the GIL, so that the holder is read alone.</summary>
    [Theory]
    [InlineData("3.13")]
    [InlineData("3.14")]
    [InlineData("3.15")]
    public void Who_got_the_id_of_an_ended_process_is_not_taken_for_it(string version)
    {
        var snapshot = PythonSnapshot.Load(Path.Combine(AppContext.BaseDirectory, "Python", "Snapshots"), "cpython-" + version);
        var memory = new ChangeableMemory(snapshot.Memory);
        PythonSnapshot.Dump(memory, snapshot.Facts, out PythonRuntime runtime);
        GiveGilToNewestThread(memory, runtime);
        var target = new SnapshotTarget(memory, snapshot.Facts);
        var profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UtcNow, Mode = "test", RateHertz = 0 });
        var options = new RecordingOptions { Mode = SamplingMode.Nonblocking, Threads = ThreadSelection.GilHolder };
        var counters = new RecordingCounters();
        var samples = new StackCounts();
        using var sampler = new TargetSampler(target, runtime, options, profile, 0, samples, counters, new PauseBudget(0, 0, counters));

        Assert.True(sampler.Round(0, 0, 1));
        Assert.True(sampler.Round(1, 1, 1));
        target.HasEnded = true;
        Assert.False(sampler.Round(2, 2, 1));

        Assert.Equal((2, 0), (counters.Proven, counters.Idle));
        Assert.Equal(2, Assert.Single(Enumerable.Range(0, samples.Count).Select(index => samples[index].Weight)));
    }

    private static void GiveGilToNewestThread(ChangeableMemory memory, PythonRuntime runtime)
    {
        var interpreters = new InterpreterState[1];
        Assert.Equal(1, runtime.ReadInterpreters(interpreters));
        RemoteAddress thread = interpreters[0].ThreadsHead;
        RemoteAddress gil = interpreters[0].Gil;
        memory.Exchange(gil + runtime.Offsets.InterpreterState.GilLastHolderInGil, thread.Value);
        Set(gil + runtime.Offsets.InterpreterState.GilLockedInGil, 1);
        bool isFlag = runtime.Offsets.ThreadState.StatusHoldsGilMask != 0;
        Set(
            thread + (isFlag ? runtime.Offsets.ThreadState.Status : runtime.Offsets.ThreadState.HoldsGil),
            isFlag ? runtime.Offsets.ThreadState.StatusHoldsGilMask : 1);

        void Set(RemoteAddress address, uint bits) => memory.Exchange(address, memory.Exchange(address, 0) | bits);
    }
}
