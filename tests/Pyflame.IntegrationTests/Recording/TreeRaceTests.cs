using System.Globalization;
using Pyflame.IntegrationTests.Processes;
using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Trees whose processes fork, become other programs, stop each other, are killed and left behind at any moment.</summary>
public sealed class TreeRaceTests
{
    // A small part of what was run before a release; set the variable to run more.
    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("PYFLAME_RACE_ROUNDS"), out int rounds) ? rounds : 100;

    [Theory]
    [InlineData(SamplingMode.Auto, ThreadSelection.All, 1)]
    [InlineData(SamplingMode.Blocking, ThreadSelection.All, 2)]
    [InlineData(SamplingMode.Nonblocking, ThreadSelection.GilHolder, 3)]
    public void A_recording_ends_with_them_and_its_profile_can_be_read(SamplingMode mode, ThreadSelection threads, int seed)
    {
        Interpreter interpreter = InterpreterCatalog.All.Last(candidate => !candidate.IsContained);
        string script = Path.Combine(AppContext.BaseDirectory, "Targets", "restless_tree.py");
        var random = new Random(seed);
        for (int round = 0; round < Rounds; round++)
        {
            string number = random.Next(1_000_000).ToString(CultureInfo.InvariantCulture);
            using LaunchedProcess root = TargetProcess.Launch(new LaunchOptions(interpreter.CommandLine(script, number, "3")));
            int spins = random.Next(3) == 0 ? random.Next(20_000_000) : -1;
            var killer = new Thread(() =>
            {
                Thread.SpinWait(spins);
                root.TrySendSignal(TestLibc.Kill9);
            });
            if (spins >= 0)
            {
                killer.Start();
            }

            Thread.SpinWait(random.Next(2_000_000));
            using var file = new MemoryStream();
            long samples = Record(root.ProcessId, mode, threads, file, $"round {round}, number {number}");
            if (spins >= 0)
            {
                killer.Join();
            }

            Assert.True(root.TryWaitForExit(TestLimits.Step, out ExitStatus status));
            Assert.True(status == new ExitStatus(0, 0) || status == new ExitStatus(0, TestLibc.Kill9), $"round {round}, number {number}: {status}");
            file.Position = 0;
            Profile profile = ProfileFileReader.ReadAll(file, out bool isCutOff);
            Assert.False(isCutOff);
            Assert.NotNull(profile.Statistics);
            Assert.Equal(samples, profile.Samples!.Count);
            Assert.All(profile.Threads, thread => Assert.InRange(thread.ProcessIndex, 0, profile.Processes.Count - 1));
        }
    }

    private static long Record(int processId, SamplingMode mode, ThreadSelection threads, MemoryStream file, string what)
    {
        var profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UtcNow, Mode = "test", RateHertz = 1000 });
        using var writer = new ProfileFileWriter(file, profile, leaveOpen: true);
        var sink = new Counter(writer);
        using ProcessTree tree = ProcessTree.Open(processId);
        using var sampler = new Sampler(
            new RecordingOptions { Mode = mode, Threads = threads, ReadStates = true, Duration = TestLimits.Step, StoppedShare = 0.5 }, profile, sink);
        sampler.Follow(tree);
        sampler.Run();
        Assert.True(sampler.HaveEnded, $"{what}: the recording went on for {TestLimits.Step}");
        Assert.Empty(sampler.Failures);
        writer.Complete();
        return sink.Count;
    }

    private sealed class Counter(ISampleSink next) : ISampleSink
    {
        public long Count { get; private set; }

        public void Add(in Sample sample)
        {
            Count++;
            next.Add(sample);
        }
    }
}
