namespace Pyflame.Profiles;

/// <summary>What was known when the recording began: how, where and when.</summary>
public sealed record Circumstances
{
    /// <summary>The moment that the samples' time is counted from, in UTC.</summary>
    public required DateTimeOffset StartUtc { get; init; }

    /// <summary>What is sampled: <c>wall</c> (every moment of every thread), <c>cpu</c>, <c>gil</c>, and so on.</summary>
    public required string Mode { get; init; }

    /// <summary>The rate asked for, in samples of each thread a second.</summary>
    public required double RateHertz { get; init; }

    /// <summary>The name of the machine.</summary>
    public string Host { get; init; } = string.Empty;

    /// <summary>The version of Pyflame that recorded.</summary>
    public string PyflameVersion { get; init; } = string.Empty;

    /// <summary>The kernel's name and version.</summary>
    public string Kernel { get; init; } = string.Empty;

    /// <summary>The processor's architecture, such as <c>x86_64</c>.</summary>
    public string Architecture { get; init; } = string.Empty;

    /// <summary>How many processors the machine has; 0 where it is not known.</summary>
    public int ProcessorCount { get; init; }

    /// <summary>The container the target runs in; null where it runs in none.</summary>
    public string? Container { get; init; }

    /// <summary>How often, in nanoseconds, each thread was to be sampled; what a sample of weight 1 stands for.</summary>
    public long IntervalNanoseconds => RateHertz > 0 ? Math.Max(1, (long)Math.Round(1e9 / RateHertz)) : 0;
}
