namespace Pyflame.Python.Tasks;

/// <summary>How a coroutine stands.</summary>
public enum CoroutineState
{
    /// <summary>It is none that can be read.</summary>
    Unknown,

    /// <summary>It has not begun.</summary>
    Created,

    /// <summary>It waits.</summary>
    Suspended,

    /// <summary>It runs, on the stack of a thread.</summary>
    Running,

    /// <summary>It has ended.</summary>
    Ended,
}
