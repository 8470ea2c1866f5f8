namespace Pyflame.Processes;

/// <summary>What came of an attempt to pause a thread.</summary>
public enum PauseStatus
{
    /// <summary>It stands still until the pause is disposed of.</summary>
    Paused,

    /// <summary>The thread has ended, or its process has run another program.</summary>
    ThreadGone,

    /// <summary>Another debugger or profiler holds it (<c>TracerPid</c> in proc_pid_status(5)).</summary>
    TracedByAnother,

    /// <summary>We may not trace it.</summary>
    NotPermitted,

    /// <summary>
    /// It did not stop in time: it waits in the kernel where nothing wakes it, as for a disk or for a child of
    /// vfork(2). It is let go as soon as it stops; see <see cref="TargetProcess.ReleaseStragglers"/>.
    /// </summary>
    NotStopping,
}
