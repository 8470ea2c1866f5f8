namespace Pyflame.Processes;

/// <summary>Ends what <see cref="TargetProcess.TryPauseThread"/> began.</summary>
internal interface IThreadPauser
{
    /// <summary>Lets a thread run on.</summary>
    /// <param name="threadId">The thread, which this pauser has stopped.</param>
    /// <param name="signal">
    /// The signal that was on its way to the thread when it stopped, delivered to it now; 0 for none.
    /// </param>
    public void Resume(int threadId, int signal);
}
