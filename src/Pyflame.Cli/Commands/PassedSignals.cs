using Pyflame.Processes;

namespace Pyflame.Cli.Commands;

/// <summary>The signals that came for us and were passed on to the command that we run.</summary>
/// <remarks>The first are for the command to end by. Whoever repeats them wants us to end, whatever it does.</remarks>
internal sealed class PassedSignals
{
    private const int Insisting = 3;
    private int _count;

    /// <summary>Whether any came.</summary>
    public bool HaveCome => Volatile.Read(ref _count) > 0;

    /// <summary>Whether so many came that we are to end.</summary>
    public bool Insist => Volatile.Read(ref _count) >= Insisting;

    /// <summary>Notes one. From any thread.</summary>
    /// <returns>As <see cref="Insist"/>.</returns>
    public bool Note() => Interlocked.Increment(ref _count) >= Insisting;

    /// <summary>Waits until the command has ended, or signals insist.</summary>
    public void WaitForExit(LaunchedProcess command)
    {
        while (!Insist && !command.TryWaitForExit(TimeSpan.FromMilliseconds(200), out _))
        {
            // The signals that come meanwhile are passed on.
        }
    }

    /// <summary>
    /// Has something done once the command has ended, whatever it leaves running: whoever asked it to end does not want to wait for that.
    /// </summary>
    public static void CallAtExit(LaunchedProcess command, Action action)
    {
        var waiting = new Thread(() =>
        {
            command.TryWaitForExit(Timeout.InfiniteTimeSpan, out _);
            action();
        });
        waiting.IsBackground = true;
        waiting.Start();
    }
}
