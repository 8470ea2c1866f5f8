using Pyflame.Profiles;
using Pyflame.Recording;

namespace Pyflame.Cli.Top;

/// <summary>What <c>pyflame top</c> is to do.</summary>
internal sealed record TopRequest
{
    /// <summary>How to sample, and for how long.</summary>
    public required RecordingOptions Sampling { get; init; }

    /// <summary>Which samples count.</summary>
    public FilterPatterns Filter { get; init; } = new([], [], []);

    /// <summary>Whether what threads wait for is a frame on their stacks.</summary>
    public bool WaitFrames { get; init; }

    /// <summary>Whether all that the process starts is shown too.</summary>
    public bool Subprocesses { get; init; }

    /// <summary>How often a new picture is drawn; null for what suits the place.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Whether there is one picture only, in plain text.</summary>
    public bool Once { get; init; }

    /// <summary>How many rows of the table are written where there is no terminal.</summary>
    public int Rows { get; init; }

    /// <summary>How it is shown at first.</summary>
    public required TopState State { get; init; }
}
