namespace Pyflame.Recording;

/// <summary>What one task of <c>asyncio</c> was doing at one moment.</summary>
/// <param name="Name">What <c>get_name()</c> gives; before 3.8, where tasks have no names, the qualified name of its coroutine.</param>
/// <param name="IsRunning">Whether it was running on a thread; else it waited.</param>
/// <param name="Frames">
/// Innermost frame first: of a waiting task its coroutine and those that it awaits, of a running one also what they call.
/// </param>
public sealed record TaskDump(string Name, bool IsRunning, IReadOnlyList<DumpedFrame> Frames)
{
    /// <summary>The thread of its event loop, the kernel's id as we see it; 0 where that is not known.</summary>
    public int OsThreadId { get; init; }

    /// <summary>The tasks that it waits for.</summary>
    public IReadOnlyList<TaskDump> Awaits { get; internal set; } = [];

    /// <summary>The type of what it waits for where that is no task, such as <c>Future</c>; null where it waits for nothing.</summary>
    public string? AwaitedType { get; init; }
}
