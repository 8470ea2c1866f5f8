namespace Pyflame.Python;

/// <summary>How the reading of one stack ended.</summary>
public enum StackStatus
{
    /// <summary>From the innermost frame to the outermost.</summary>
    Complete,

    /// <summary>Deeper than we follow; the innermost frames are there, the outermost are cut.</summary>
    Truncated,

    /// <summary>The bytes contradict themselves, or lead in a circle: the stack changed while it was read.</summary>
    Torn,

    /// <summary>A frame lies where nothing was read; read again with the addresses that are known now.</summary>
    Missed,

    /// <summary>The thread is gone, or its memory can no longer be read.</summary>
    ThreadGone,
}
