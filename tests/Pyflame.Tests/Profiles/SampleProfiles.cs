using Pyflame.Profiles;

namespace Pyflame.Tests.Profiles;

/// <summary>Profiles made by hand.</summary>
internal static class SampleProfiles
{
    public const long Millisecond = 1_000_000;

    public static Profile Empty() => new(new Circumstances
    {
        StartUtc = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        Mode = "wall",
        RateHertz = 1000,
        Host = "testhost",
        PyflameVersion = "2.0.0",
        Kernel = "Linux 6.1",
        Architecture = "x86_64",
        ProcessorCount = 2,
    });

    /// <summary>
    /// Two threads for 10 ms at 1 kHz. The main thread: 7 samples in module→work→leaf (5 at line 14, 2 at line 15), 3 in
    /// module→work at line 25. The other, from 2 ms on, 8 samples in run→Pool.wait, idle.
    /// </summary>
    public static Profile TwoThreads()
    {
        Profile profile = Empty();
        profile.Processes.Add(new ProfiledProcess(4711, "python3 /a/app.py", "3.13.1"));
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 4711, "MainThread", true));
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(1), 0, 4712, "worker-0", false));

        StackId work = Stack(profile, ("/a/app.py", "<module>", 1, 32), ("/a/app.py", "work", 20, 25));
        StackId leaf14 = Push(profile, work, "/a/app.py", "leaf", 12, 14);
        StackId leaf15 = Push(profile, work, "/a/app.py", "leaf", 12, 15);
        StackId wait = Stack(profile, ("/a/pool.py", "run", 3, 9));
        wait = Push(profile, wait, "/a/pool.py", "wait", 40, 41, "Pool.wait");

        profile.Samples = new SampleLog();
        profile.Counts = new StackCounts();
        for (int tick = 0; tick < 10; tick++)
        {
            StackId main = tick < 5 ? leaf14 : tick < 7 ? leaf15 : work;
            Add(profile, tick * Millisecond, 0, main, SampleState.OnCpu | SampleState.HoldsGil);
            if (tick >= 2)
            {
                Add(profile, (tick * Millisecond) + 20_000, 1, wait, SampleState.Idle);
            }
        }

        profile.Statistics = new RecordingStatistics
        {
            Samples = 18,
            Proven = 18,
            Idle = 8,
            Duration = TimeSpan.FromMilliseconds(10),
            RateAsked = 1000,
            RateReached = 999.5,
            Mode = "nonblocking",
            MemoryMethod = "process_vm_readv",
        };
        return profile;
    }

    public static StackId Stack(Profile profile, params (string File, string Name, int First, int Line)[] frames)
    {
        StackId stack = StackId.Empty;
        foreach ((string file, string name, int first, int line) in frames)
        {
            stack = Push(profile, stack, file, name, first, line);
        }

        return stack;
    }

    public static StackId Push(
        Profile profile, StackId parent, string file, string name, int first, int line, string? qualified = null,
        FrameKind kind = FrameKind.Python)
    {
        FunctionId function = profile.InternFunction(name, file, first, qualified);
        return profile.Stacks.Intern(parent, profile.Frames.Intern(new FrameInfo(function, line, kind)));
    }

    public static void Add(
        Profile profile, long time, int thread, StackId stack, SampleState state = SampleState.None, int weight = 1)
    {
        var sample = new Sample(time, new ProfiledThreadId(thread), stack, state, weight);
        profile.Samples?.Add(sample);
        profile.Counts?.Add(sample);
    }
}
