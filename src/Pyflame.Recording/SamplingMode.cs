namespace Pyflame.Recording;

/// <summary>How a stack is made sure of.</summary>
public enum SamplingMode
{
    /// <summary>
    /// Read without stopping and validate; stop the one thread, as briefly as can be, for what cannot be proven, and for every
    /// sample of a thread for which that is no longer rare.
    /// </summary>
    Auto,

    /// <summary>Never stop the target; what cannot be proven is lost.</summary>
    Nonblocking,

    /// <summary>Stop each thread for each of its samples.</summary>
    Blocking,
}
