namespace Pyflame.Cli.Top;

/// <summary>What a sampled thread was doing, as far as it decides whether the sample is shown.</summary>
internal enum SampleKind : byte
{
    /// <summary>It ran, or it is not known what it did.</summary>
    Active,

    /// <summary>It held the GIL.</summary>
    HoldsGil,

    /// <summary>It waited for the GIL.</summary>
    WaitsForGil,

    /// <summary>It waited for something else.</summary>
    Idle,
}
