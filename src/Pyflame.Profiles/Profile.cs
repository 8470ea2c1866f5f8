namespace Pyflame.Profiles;

/// <summary>What was recorded: interned tables, processes and threads, and samples in time order or counted, or both.</summary>
/// <remarks>Grows while it is being recorded. Not safe for use by two threads at once.</remarks>
public sealed class Profile
{
    // What the samples were counted to, and how many they were then.
    private StackCounts? _counted;
    private long _countedSamples;
    private SampleLog? _samples;

    /// <summary>Makes an empty profile.</summary>
    /// <param name="circumstances">How, where and when it is recorded.</param>
    public Profile(Circumstances circumstances) => Circumstances = circumstances;

    private Profile(Profile profile)
    {
        Circumstances = profile.Circumstances;
        Statistics = profile.Statistics;
        Strings = profile.Strings;
        Functions = profile.Functions;
        Frames = profile.Frames;
        Stacks = profile.Stacks;
        Processes = profile.Processes;
        Threads = profile.Threads;
    }

    /// <summary>Every text of the tables below.</summary>
    public StringTable Strings { get; } = new();

    /// <summary>Every function seen.</summary>
    public FunctionTable Functions { get; } = new();

    /// <summary>Every frame seen.</summary>
    public FrameTable Frames { get; } = new();

    /// <summary>Every stack seen.</summary>
    public StackTable Stacks { get; } = new();

    /// <summary>The processes, in the order in which they were met. A process that execs is replaced in place.</summary>
    public List<ProfiledProcess> Processes { get; } = [];

    /// <summary>The threads by their id, in the order in which they were met. A thread that gets a name is replaced in place.</summary>
    public List<ProfiledThread> Threads { get; } = [];

    /// <summary>How, where and when it was recorded.</summary>
    public Circumstances Circumstances { get; set; }

    /// <summary>How the recording went; null while it goes on, and for a file that was cut off.</summary>
    public RecordingStatistics? Statistics { get; set; }

    /// <summary>The samples in time order; null where they were only counted.</summary>
    public SampleLog? Samples
    {
        get => _samples;
        set
        {
            _samples = value;
            _counted = null;
        }
    }

    /// <summary>The samples counted by thread and stack; null where they were only logged (<see cref="CountStacks"/>).</summary>
    public StackCounts? Counts { get; set; }

    /// <summary>Interns a function by its texts.</summary>
    /// <param name="name">Its short name.</param>
    /// <param name="fileName">Its file; empty where there is none.</param>
    /// <param name="firstLineNumber">Counted from 1; 0 where unknown.</param>
    /// <param name="qualifiedName">Its name with that of its class; the short name where it is null.</param>
    public FunctionId InternFunction(string name, string fileName, int firstLineNumber = 0, string? qualifiedName = null) =>
        Functions.Intern(new FunctionInfo(
            Strings.Intern(name), Strings.Intern(qualifiedName ?? name), Strings.Intern(fileName), firstLineNumber));

    /// <summary>The weight of each stack of each thread: <see cref="Counts"/>, else counted from <see cref="Samples"/>.</summary>
    public StackCounts CountStacks()
    {
        if (Counts is not null)
        {
            return Counts;
        }

        SampleLog? samples = Samples;
        if (_counted is not null && _countedSamples == (samples?.Count ?? 0))
        {
            return _counted;
        }

        var counts = new StackCounts();
        if (samples is not null)
        {
            foreach (Sample sample in samples)
            {
                counts.Add(sample);
            }
        }

        _counted = counts;
        _countedSamples = samples?.Count ?? 0;
        return counts;
    }

    /// <summary>The profile of some of the samples: those of one thread, say, or those on a processor.</summary>
    /// <param name="keep">Which.</param>
    /// <returns>A profile that shares everything but the samples with this one.</returns>
    /// <exception cref="ProfileFormatException">The samples were only counted.</exception>
    public Profile Where(Predicate<Sample> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        var kept = new SampleLog();
        return WithSamples(
            sample =>
            {
                if (keep(sample))
                {
                    kept.Add(sample);
                }
            },
            kept);
    }

    /// <summary>The profile in parts: the samples that have the same key together, counted.</summary>
    /// <param name="key">Gives each sample its key.</param>
    /// <returns>By key, profiles that share everything but the samples with this one.</returns>
    /// <exception cref="ProfileFormatException">The samples were only counted.</exception>
    public IReadOnlyDictionary<TKey, Profile> Split<TKey>(Func<Sample, TKey> key)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        var parts = new Dictionary<TKey, Profile>();
        foreach (Sample sample in SamplesInOrder())
        {
            TKey own = key(sample);
            if (!parts.TryGetValue(own, out Profile? part))
            {
                parts.Add(own, part = new Profile(this) { Counts = new StackCounts() });
            }

            part.Counts!.Add(sample);
        }

        return parts;
    }

    /// <summary>The profile with other samples.</summary>
    /// <param name="take">Called for each sample of this one, in order; fills the log.</param>
    /// <param name="log">The samples of the other.</param>
    internal Profile WithSamples(Action<Sample> take, SampleLog log)
    {
        foreach (Sample sample in SamplesInOrder())
        {
            take(sample);
        }

        return new Profile(this) { Samples = log };
    }

    /// <summary>The profile with some of the counts.</summary>
    /// <param name="keep">Which.</param>
    internal Profile WithCounts(Predicate<StackCount> keep)
    {
        var kept = new StackCounts();
        StackCounts counts = CountStacks();
        for (int index = 0; index < counts.Count; index++)
        {
            StackCount count = counts[index];
            if (keep(count))
            {
                kept.Add(count.Thread, count.Stack, count.Weight);
            }
        }

        return new Profile(this) { Samples = Samples, Counts = kept };
    }

    private SampleLog SamplesInOrder() => Samples ?? throw new ProfileFormatException(
        "the profile holds only how often each stack was seen, and not which samples those were", "Record into a .pyflame file");
}
