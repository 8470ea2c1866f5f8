using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;

namespace Pyflame.Recording;

/// <summary>What one thread was doing at one moment.</summary>
/// <param name="PthreadId">Its <c>pthread_t</c>, which is <c>threading.get_ident()</c>.</param>
/// <param name="OsThreadId">The kernel's id, as we see it; 0 where it is not known.</param>
/// <param name="HoldsGil">Whether it held the GIL; null where that cannot be known.</param>
/// <param name="Name">Its name in Python, else the kernel's; null where it has none or it was not asked for.</param>
/// <param name="Status">Whether the stack is whole and proven.</param>
/// <param name="Frames">The stack, innermost frame first.</param>
public sealed record ThreadDump(
    ulong PthreadId, int OsThreadId, bool? HoldsGil, string? Name, StackStatus Status, IReadOnlyList<DumpedFrame> Frames)
{
    /// <summary>What it was doing; <see cref="SampleState.None"/> where that was not asked for.</summary>
    public SampleState State { get; init; }

    /// <summary>Where its <c>PyThreadState</c> lies in the target.</summary>
    internal RemoteAddress ThreadState { get; init; }

    /// <summary>Its interpreter's <c>PyInterpreterState</c>, in the target.</summary>
    internal RemoteAddress Interpreter { get; init; }

    /// <summary>
    /// Whether arguments and locals are those of the moment of the stack; false where the thread went on while they were read and
    /// was not stopped for them.
    /// </summary>
    public bool VariablesFitStack { get; init; } = true;

    /// <summary>Whether it is the process's main thread.</summary>
    public bool IsMain { get; init; }
}
