using Pyflame.Profiles;

namespace Pyflame.Tests.Profiles.Export;

/// <summary>Large profiles that look like those of real programs, the same every time.</summary>
internal static class GeneratedProfile
{
    private const int Functions = 3000;
    private const int LinesPerFunction = 3;

    private static readonly string[] s_packages =
    [
        "/srv/app/", "/srv/app/models/", "/srv/app/views/", "/usr/lib/python3.13/", "/usr/lib/python3.13/asyncio/",
        "/usr/lib/python3.13/json/", "/opt/venv/lib/python3.13/site-packages/requests/",
        "/opt/venv/lib/python3.13/site-packages/sqlalchemy/orm/", "/opt/venv/lib/python3.13/site-packages/numpy/core/",
    ];

    private static readonly string[] s_words =
        ["load", "parse", "handle", "write", "read", "visit", "build", "query", "merge", "encode", "render", "check", "call", "run"];

    /// <summary>A profile with as many distinct stacks of threads as asked for, 12 to 60 frames deep.</summary>
    /// <param name="distinctStacks">How many.</param>
    /// <param name="oneCallIn">
    /// One call in so many leaves the beaten path. At 12 stacks have much in common, as those of real programs have; at 2 next to
    /// nothing, which is as large as a profile can get.
    /// </param>
    /// <param name="threadCount">How many threads there are.</param>
    public static Profile WithStacks(int distinctStacks, int oneCallIn = 12, int threadCount = 8)
    {
        var random = new SplitMix(distinctStacks);
        Profile profile = SampleProfiles.Empty();
        profile.Processes.Add(new ProfiledProcess(4711, "python3 -m service --port 8080", "3.13.1"));
        for (int thread = 0; thread < threadCount; thread++)
        {
            string name = thread == 0 ? "MainThread" : $"worker-{thread}";
            profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(thread), 0, 4711 + thread, name, thread == 0));
        }

        var frames = new FrameId?[Functions * LinesPerFunction];
        profile.Counts = new StackCounts();
        while (profile.Counts.Count < distinctStacks)
        {
            int thread = random.Below(threadCount);
            int depth = 12 + random.Below(49);
            StackId stack = StackId.Empty;
            int function = thread == 0 ? 0 : 1;
            int choice = 0;
            for (int level = 0; level < depth; level++)
            {
                int line = choice % LinesPerFunction;
                FrameId frame = frames[(function * LinesPerFunction) + line] ??= Frame(profile, function, line);
                stack = profile.Stacks.Intern(stack, frame);
                choice = random.Below(oneCallIn) == 0 ? 1 + random.Below(6) : 0;
                function = Callee(function, choice, level);
            }

            profile.Counts.Add(new ProfiledThreadId(thread), stack, 1 + random.Below(9));
        }

        profile.Statistics = new RecordingStatistics
        {
            Samples = profile.Counts.TotalWeight,
            Proven = profile.Counts.TotalWeight,
            Duration = TimeSpan.FromSeconds(60),
            RateAsked = 1000,
            RateReached = 998.7,
            Mode = "nonblocking",
            MemoryMethod = "process_vm_readv",
        };
        return profile;
    }

    private static int Callee(int caller, int choice, int level) =>
        (int)(new SplitMix((caller * 64L) + choice + (level / 4 * 1_000_003L)).Next() % Functions);

    private static FrameId Frame(Profile profile, int function, int line)
    {
        string package = s_packages[function % s_packages.Length];
        string file = $"{package}{s_words[function / 9 % s_words.Length]}_{function / 60}.py";
        string name = $"{s_words[function % s_words.Length]}_{s_words[function / 14 % s_words.Length]}_{function}";
        int first = 10 + (function % 60 * 12);
        FunctionId id = profile.InternFunction(name, file, first, $"Service{function % 17}.{name}");
        return profile.Frames.Intern(new FrameInfo(id, first + 1 + line, FrameKind.Python));
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood, 2014): the same numbers with every version of the framework.</summary>
    private sealed class SplitMix(long seed)
    {
        private ulong _state = (ulong)seed;

        public ulong Next()
        {
            _state = unchecked(_state + 0x9E3779B97F4A7C15UL);
            ulong mixed = _state;
            mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL);
            mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL);
            return mixed ^ (mixed >> 31);
        }

        public int Below(int bound) => (int)(Next() % (ulong)bound);
    }
}
