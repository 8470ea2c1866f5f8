using Pyflame.Processes.Linux;

namespace Pyflame.Processes;

/// <summary>
/// A process that is looked at from outside: its memory, what is mapped into it, its threads and its files. It is never
/// written to.
/// </summary>
/// <remarks>
/// This is the porting seam: <see cref="Attach"/> chooses the implementation for the operating system, and nothing else
/// in Pyflame knows on which one it runs. Attaching may throw; after that nothing throws because of what the target
/// does, and what is gone is empty or false. Not safe for use by two threads at once, <see cref="HasExited"/> and <see
/// cref="Memory"/> without ptrace excepted.
/// </remarks>
public abstract class TargetProcess : IDisposable
{
    /// <summary>The process, in our own PID namespace.</summary>
    public abstract int ProcessId { get; }

    /// <summary>
    /// Its id as <c>getpid()</c> tells it to itself; differs from <see cref="ProcessId"/> in a container.
    /// </summary>
    public abstract int NamespaceProcessId { get; }

    /// <summary>Its memory.</summary>
    public abstract MemoryReader Memory { get; }

    /// <summary>How the memory is read: <c>process_vm_readv</c>, <c>/proc/PID/mem</c> or <c>ptrace</c>.</summary>
    public abstract string MemoryMethod { get; }

    /// <summary>Whether it has ended; true for a zombie too, and stays true when its PID is used again.</summary>
    public abstract bool HasExited { get; }

    /// <summary>
    /// When it was started, in clock ticks since boot; together with the PID it names the process for good.
    /// </summary>
    public abstract ulong StartTimeTicks { get; }

    /// <summary>The size of a page of its memory, in bytes.</summary>
    public abstract int PageSize { get; }

    /// <summary>Begins to look at a process.</summary>
    /// <param name="processId">The process, in our PID namespace. The id of any of its threads does as well.</param>
    /// <exception cref="TargetProcessException">
    /// It is not there (<see cref="TargetFailure.NotFound"/>), or we may not look at it
    /// (<see cref="TargetFailure.PermissionDenied"/>, with the remedy).
    /// </exception>
    public static TargetProcess Attach(int processId)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new TargetProcessException(TargetFailure.Other, "Pyflame runs on Linux only.");
        }

        return LinuxTargetProcess.Attach(processId);
    }

    /// <summary>Checks all that decides whether processes can be looked at, and tries it.</summary>
    /// <param name="processId">The process to try it on; 0 for none.</param>
    public static AttachReport Diagnose(int processId = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(processId);
        return OperatingSystem.IsLinux()
            ? AttachDiagnosis.Report(processId)
            : new AttachReport(false, "Pyflame runs on Linux only.", [], []);
    }

    /// <summary>
    /// Lists the processes of this machine that we are let to see, by PID. Those without a command line, the kernel's
    /// own, are left out.
    /// </summary>
    public static IReadOnlyList<ProcessSummary> ListProcesses() => OperatingSystem.IsLinux() ? ProcessList.Read() : [];

    /// <summary>
    /// Starts a command as our child: its streams, folder, environment, terminal and signals are those that we were
    /// given.
    /// </summary>
    /// <param name="options">What to run.</param>
    /// <returns>The child, which runs already.</returns>
    /// <exception cref="TargetProcessException">
    /// It cannot be run (<see cref="TargetFailure.LaunchFailed"/>); the message says why.
    /// </exception>
    /// <remarks>
    /// Start it before registering handlers for signals, which would hide that our own parent had them ignored.
    /// </remarks>
    public static LaunchedProcess Launch(LaunchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!OperatingSystem.IsLinux())
        {
            throw new TargetProcessException(TargetFailure.Other, "Pyflame runs on Linux only.");
        }

        return Launcher.Launch(options);
    }

    /// <summary>
    /// Reads a number that changes when the process runs another program (execve(2)), the same file again included; 0
    /// where it is gone. Costs one small read.
    /// </summary>
    public abstract ulong ReadProgramStamp();

    /// <summary>
    /// Whether it has the same memory as another process, as a child has its parent's from vfork(2) until it runs a program of its own;
    /// false where that cannot be told.
    /// </summary>
    /// <param name="processId">The other process, in our PID namespace.</param>
    public abstract bool SharesMemoryWith(int processId);

    /// <summary>Reads the map of its memory, in order of address; empty where it is gone.</summary>
    public abstract IReadOnlyList<MemoryMapping> ReadMappings();

    /// <summary>
    /// Lists what is mapped to be run, one entry a file, the main executable first and the others in order of address;
    /// empty where the process is gone. Files that a program only reads are left out. What was read of a module is kept
    /// for as long as it is mapped as it was; the files of one that is not are closed when the list is read again.
    /// </summary>
    public abstract IReadOnlyList<LoadedModule> ReadModules();

    /// <summary>
    /// Lists its OS threads as they are now, the main thread first. Allocates nothing outside of containers.
    /// </summary>
    /// <param name="destination">The caller's buffer.</param>
    /// <returns>
    /// How many entries were written; as many as fit where there are more. 0 where the process is gone.
    /// </returns>
    public abstract int ReadThreads(Span<NativeThread> destination);

    /// <summary>Lists its OS threads as they are now, the main thread first; empty where the process is gone.</summary>
    public IReadOnlyList<NativeThread> ReadThreads()
    {
        var threads = new NativeThread[64];
        while (true)
        {
            int count = ReadThreads(threads);
            if (count < threads.Length || count >= ParseLimits.Threads)
            {
                return threads[..count];
            }

            threads = new NativeThread[threads.Length * 4];
        }
    }

    /// <summary>
    /// Reads the state of one OS thread; false where it is gone. Allocates nothing outside of containers.
    /// </summary>
    /// <param name="threadId">The thread, in our PID namespace.</param>
    /// <param name="thread">The thread as it is now.</param>
    public abstract bool TryReadThread(int threadId, out NativeThread thread);

    /// <summary>Makes a reader for what its OS threads are doing; the caller's to dispose of.</summary>
    public abstract ThreadActivityReader OpenActivityReader();

    /// <summary>
    /// Reads the name that an OS thread gave itself, at most 15 bytes on Linux; null where it is gone.
    /// </summary>
    /// <param name="threadId">The thread, in our PID namespace.</param>
    public abstract string? ReadThreadName(int threadId);

    /// <summary>Makes one thread stand still; the others run on.</summary>
    /// <param name="threadId">The thread, in our PID namespace.</param>
    /// <param name="pause">
    /// Disposing of it lets the thread run on, and must be done on the same OS thread. Where the thread does not stand
    /// still, <see cref="ProcessPause.Status"/> says why, and there is nothing to dispose of.
    /// </param>
    /// <returns>
    /// Whether it stands still. It then has finished or not begun any instruction, its memory can be read, and no
    /// system call of it was ended early that would not be when it is stopped and continued (signal(7), "Interruption
    /// of system calls"). A thread that a signal had stopped stays stopped afterwards, and a signal on its way to the
    /// thread arrives.
    /// </returns>
    public abstract bool TryPauseThread(int threadId, out ProcessPause pause);

    /// <summary>
    /// Lets go of threads that did not stop in time and have stopped since (<see cref="PauseStatus.NotStopping"/>).
    /// Costs nothing where there are none; call it at every tick, on the OS thread that pauses.
    /// </summary>
    public abstract void ReleaseStragglers();

    /// <summary>Reads its command line, the program's own name first; empty where it is gone, or has none.</summary>
    public abstract IReadOnlyList<string> ReadCommandLine();

    /// <summary>Reads the path of its program as the kernel names it to us; null where it is gone.</summary>
    public abstract string? ReadExecutablePath();

    /// <summary>
    /// Reads the id of the container that it runs in, as the runtime named its control group: 64 hexadecimal digits for
    /// Docker, containerd, CRI-O and Podman; null where it runs in none that can be recognised.
    /// </summary>
    public abstract string? ReadContainerId();

    /// <summary>Reads the folder that it works in, as the target sees it; null where it is gone.</summary>
    public abstract string? ReadWorkingDirectory();

    /// <summary>
    /// Opens a file of the target for reading, by its path as the target sees it, its own root folder and its own links
    /// included.
    /// </summary>
    /// <param name="pathInTarget">An absolute path, or one from its working folder.</param>
    /// <returns>
    /// The file, which the caller closes; null where there is no regular file of that name that we may read.
    /// </returns>
    public abstract Stream? TryOpenFile(string pathInTarget);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of the target, which runs on as if nothing had been.</summary>
    /// <param name="disposing">False from a finalizer.</param>
    protected abstract void Dispose(bool disposing);
}
