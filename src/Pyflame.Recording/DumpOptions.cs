namespace Pyflame.Recording;

/// <summary>What a dump of a process's threads is to hold.</summary>
public sealed record DumpOptions
{
    /// <summary>How stacks are made sure of.</summary>
    public SamplingMode Mode { get; init; }

    /// <summary>Whether threads get their names: those of <c>threading</c>, else the kernel's.</summary>
    public bool Names { get; init; }

    /// <summary>Whether it is asked what each thread was doing.</summary>
    public bool States { get; init; }

    /// <summary>Whether methods get their qualified names before 3.11 too, by their first argument.</summary>
    public bool QualifyNames { get; init; }

    /// <summary>
    /// Whether frames get their arguments and locals. Each thread is then stopped for them unless <see cref="Mode"/> forbids it; in that case
    /// it takes <see cref="States"/> to know of which threads they fit the stack.
    /// </summary>
    public bool Variables { get; init; }
}
