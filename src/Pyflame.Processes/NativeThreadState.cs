namespace Pyflame.Processes;

/// <summary>What the kernel says an OS thread is doing (the third field of proc_pid_stat(5)).</summary>
public enum NativeThreadState : byte
{
    /// <summary>It could not be read, or is a letter that is not known.</summary>
    Unknown,

    /// <summary>On a processor or ready for one (R).</summary>
    Running,

    /// <summary>Waits, and a signal would wake it (S).</summary>
    Sleeping,

    /// <summary>Waits, most often for a disk, and no signal wakes it (D).</summary>
    DiskSleep,

    /// <summary>Stopped by a signal (T).</summary>
    Stopped,

    /// <summary>Stopped by whoever traces it (t).</summary>
    Traced,

    /// <summary>Has ended and waits for its parent to notice (Z).</summary>
    Zombie,

    /// <summary>Has ended (X).</summary>
    Dead,
}
