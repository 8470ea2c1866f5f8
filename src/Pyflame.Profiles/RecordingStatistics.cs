namespace Pyflame.Profiles;

/// <summary>How a recording went; complete only once it has ended.</summary>
public sealed record RecordingStatistics
{
    /// <summary>Samples taken.</summary>
    public long Samples { get; init; }

    /// <summary>Samples whose stack was proven to be one that really was, without stopping the thread.</summary>
    public long Proven { get; init; }

    /// <summary>Samples for which the thread was stopped.</summary>
    public long Paused { get; init; }

    /// <summary>Samples whose stack was deeper than the recorder follows.</summary>
    public long Truncated { get; init; }

    /// <summary>Samples that were taken but not kept.</summary>
    public long Lost { get; init; }

    /// <summary>Rounds that began later than they were due.</summary>
    public long Late { get; init; }

    /// <summary>Rounds that never took place because an earlier one took too long.</summary>
    public long Missed { get; init; }

    /// <summary>Samples whose stack could not be read.</summary>
    public long Failed { get; init; }

    /// <summary>Samples of a thread that was waiting.</summary>
    public long Idle { get; init; }

    /// <summary>How long the recording took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How long threads of the target were stopped, all together.</summary>
    public TimeSpan StoppedTime { get; init; }

    /// <summary>The rate asked for, in rounds a second.</summary>
    public double RateAsked { get; init; }

    /// <summary>The rate reached, in rounds a second.</summary>
    public double RateReached { get; init; }

    /// <summary>How stacks were made sure of: <c>nonblocking</c>, <c>blocking</c>, and so on.</summary>
    public string Mode { get; init; } = string.Empty;

    /// <summary>How memory was read: <c>process_vm_readv</c>, <c>/proc/PID/mem</c> or <c>ptrace</c>.</summary>
    public string MemoryMethod { get; init; } = string.Empty;
}
