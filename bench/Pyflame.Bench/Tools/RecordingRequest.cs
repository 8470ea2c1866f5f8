using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.Bench.Tools;

/// <summary>What a tool is to record.</summary>
internal sealed record RecordingRequest
{
    /// <summary>The target.</summary>
    public required int ProcessId { get; init; }

    /// <summary>What the target runs on.</summary>
    public required Interpreter Interpreter { get; init; }

    /// <summary>For how long.</summary>
    public required double Seconds { get; init; }

    /// <summary>Rounds a second; 0 for as fast as it goes.</summary>
    public double Rate { get; init; } = 1000;

    /// <summary>Ends the recording after so many rounds, where the tool can.</summary>
    public long? Rounds { get; init; }

    /// <summary>Whether each round is moved by a random part of the interval, where the tool can.</summary>
    public bool Jitter { get; init; }

    /// <summary>All threads, or the one that runs.</summary>
    public bool AllThreads { get; init; }

    /// <summary>Whether the target may be stopped. Tools that cannot choose do what they do.</summary>
    public SamplingMode Mode { get; init; }

    /// <summary>Where the profile goes.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Where Pyflame says how it went.</summary>
    public required string StatisticsPath { get; init; }
}
