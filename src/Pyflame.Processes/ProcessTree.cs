using Pyflame.Processes.Linux;

namespace Pyflame.Processes;

/// <summary>A process and all that it starts, whatever program they run: who is there, and who was born.</summary>
/// <remarks>
/// Processes are found by looking, without stopping any. A process that was found stays in the tree when its parent ends. One whose
/// parent ended before anyone looked is found only where it became our own child, as those of a launched command do, or where the system
/// tells us of births. Not safe for use by two threads at once.
/// </remarks>
public abstract class ProcessTree : IDisposable
{
    /// <summary>The process that the tree begins with.</summary>
    public abstract TreeProcess Root { get; }

    /// <summary>Begins with a running process.</summary>
    /// <param name="processId">The process, in our PID namespace.</param>
    public static ProcessTree Open(int processId) => new LinuxProcessTree(processId, null, LastProcessId.TryOpen(), BirthEvents.TryOpen());

    /// <summary>
    /// Begins with a command that was launched with <see cref="LaunchOptions.AdoptOrphans"/>, and ends that when it is disposed of. The ends of
    /// orphans are taken notice of in <see cref="Update"/>, as those of all our children but the command: it is for a program that has no
    /// others.
    /// </summary>
    /// <param name="root">The command.</param>
    public static ProcessTree Open(LaunchedProcess root)
    {
        ArgumentNullException.ThrowIfNull(root);
        return new LinuxProcessTree(root.ProcessId, root, LastProcessId.TryOpen());
    }

    /// <summary>
    /// Looks for processes that are new. Costs one small read where none was born on the whole machine; never throws.
    /// </summary>
    /// <param name="born">Receives those that were not reported before, parents before their children; the root is never among them.</param>
    public abstract void Update(List<TreeProcess> born);

    /// <summary>Reads a command line, words separated by spaces; empty where the process is gone, or has none.</summary>
    /// <param name="process">The process.</param>
    public abstract string ReadCommandLine(TreeProcess process);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of the tree; its processes run on.</summary>
    /// <param name="disposing">False from a finalizer.</param>
    protected abstract void Dispose(bool disposing);
}
