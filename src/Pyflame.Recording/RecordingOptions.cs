using Pyflame.Python;
using Pyflame.Python.Values;

namespace Pyflame.Recording;

/// <summary>What to sample, how often and for how long.</summary>
public sealed record RecordingOptions
{
    /// <summary>The time between two rounds; zero for as fast as it goes.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How long to record; null for until the target ends or <see cref="Sampler.Stop"/>.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How many rounds at the most; null for no limit.</summary>
    public long? RoundLimit { get; init; }

    /// <summary>How stacks are made sure of.</summary>
    public SamplingMode Mode { get; init; }

    /// <summary>Which threads are sampled.</summary>
    public ThreadSelection Threads { get; init; }

    /// <summary>
    /// Whether each round is moved by a random part of the interval, so that work which repeats at the sampling rate cannot hide.
    /// </summary>
    public bool Jitter { get; init; }

    /// <summary>Which share of a second the target's threads may be stopped for, all together.</summary>
    public double StoppedShare { get; init; } = 0.05;

    /// <summary>The version to take the target for, where detection is misled; null to detect it.</summary>
    public PythonVersion? ForcedVersion { get; init; }

    /// <summary>
    /// Whether samples of idle threads are left out: those that the kernel says sleep and that do not wait for the GIL.
    /// </summary>
    public bool ExcludeIdle { get; init; }

    /// <summary>
    /// Whether each sample says what its thread was doing, and shows garbage collection as a frame; costs a system call for each
    /// thread and round. Implied where the selection of threads needs it.
    /// </summary>
    public bool ReadStates { get; init; }

    /// <summary>Whether threads get their names: those of <c>threading</c>, else the kernel's.</summary>
    public bool ReadNames { get; init; }

    /// <summary>Whether methods get their qualified names before 3.11 too, by their first argument.</summary>
    public bool QualifyNames { get; init; }

    /// <summary>Whether samples of a running task of asyncio stand under a frame with the task's name, and not in the event loop.</summary>
    public bool Tasks { get; init; }

    /// <summary>
    /// Whether the stack of a greenlet stands on those of the greenlets that wait for it, down to its thread's main greenlet; else it ends where
    /// the greenlet begins.
    /// </summary>
    public bool Greenlets { get; init; }

    /// <summary>Labels that stacks stand on, read from arguments and locals of functions on them.</summary>
    public IReadOnlyList<TagExpression> Tags { get; init; } = [];

    /// <summary>Whether a sample stands for the rounds missed before it too; otherwise each has the weight 1.</summary>
    public bool WeighMissedRounds { get; init; }
}
