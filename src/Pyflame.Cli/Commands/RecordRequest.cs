using Pyflame.Profiles;
using Pyflame.Profiles.Export;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>What <c>pyflame record</c> is to do.</summary>
internal sealed record RecordRequest
{
    /// <summary>How to sample, and for how long.</summary>
    public required RecordingOptions Sampling { get; init; }

    /// <summary>Whether all that the process starts is sampled too.</summary>
    public bool Subprocesses { get; init; }

    /// <summary>What a profile of this kind is called in its circumstances: <c>active</c>, <c>wall</c>, <c>cpu</c> or <c>gil</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Which samples count.</summary>
    public FilterPatterns Filter { get; init; } = new([], [], []);

    /// <summary>Whether what threads wait for is a frame on their stacks.</summary>
    public bool WaitFrames { get; init; }

    /// <summary>Which format to write.</summary>
    public required IProfileWriter Writer { get; init; }

    /// <summary>How frames are shown.</summary>
    public required ProfileView View { get; init; }

    /// <summary>Where to write; <c>-</c> for standard output; null for a name of our own.</summary>
    public string? OutputPath { get; init; }

    /// <summary>After how long a new file is begun; null for one file.</summary>
    public TimeSpan? Rotation { get; init; }

    /// <summary>How many files are kept where a new one is begun now and then; null for all.</summary>
    public int? Keep { get; init; }
}
