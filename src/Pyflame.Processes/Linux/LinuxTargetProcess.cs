using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>A process on Linux.</summary>
internal sealed unsafe class LinuxTargetProcess : TargetProcess
{
    private readonly ProcFolder proc;
    private readonly ThreadList threads;
    private readonly TargetFiles files;
    private readonly ThreadPauser pauser;
    private readonly ExitWatch? exit;
    private IReadOnlyList<LoadedModule> modules = [];
    private byte[] buffer = new byte[64 << 10];

    private LinuxTargetProcess(
        int processId,
        int namespaceProcessId,
        ProcFolder proc,
        ExitWatch? exit,
        ulong startTicks,
        ThreadPauser pauser,
        MemoryReader memory)
    {
        ProcessId = processId;
        NamespaceProcessId = namespaceProcessId;
        StartTimeTicks = startTicks;
        this.proc = proc;
        this.exit = exit;
        threads = new ThreadList(proc, isNested: namespaceProcessId != processId);
        files = new TargetFiles(proc);
        this.pauser = pauser;
        Memory = memory;
    }

    /// <inheritdoc/>
    public override int ProcessId { get; }

    /// <inheritdoc/>
    public override int NamespaceProcessId { get; }

    /// <inheritdoc/>
    public override MemoryReader Memory { get; }

    /// <inheritdoc/>
    public override string MemoryMethod => Memory switch
    {
        VmMemoryReader => "process_vm_readv",
        ProcMemoryReader => "/proc/PID/mem",
        _ => "ptrace",
    };

    /// <inheritdoc/>
    public override ulong StartTimeTicks { get; }

    /// <inheritdoc/>
    public override int PageSize => Environment.SystemPageSize;

    /// <inheritdoc/>
    public override bool HasExited => exit?.HasExited
        ?? (!TryReadStat(out ProcStat stat) || stat.State is NativeThreadState.Zombie or NativeThreadState.Dead);

    /// <summary>Begins to look at a process; see <see cref="TargetProcess.Attach"/>.</summary>
    public static new LinuxTargetProcess Attach(int processId) => Attach(processId, MemoryMethods.Any);

    /// <summary>Begins to look at a process, reading its memory in one of some ways only.</summary>
    public static LinuxTargetProcess Attach(int processId, MemoryMethods methods)
    {
        // With the ids of another namespace, what /proc shows and what system calls reach would be two processes.
        ProcFolder? proc = processId > 0 && !AttachFacts.ShowsOthersIds() ? ProcFolder.TryOpen(processId, out _) : null;
        if (proc is null)
        {
            throw Refused(processId);
        }

        ExitWatch? exit = null;
        try
        {
            // What is read through the folder from here on shows that the process still was the same when this was
            // opened.
            exit = ExitWatch.TryOpen(processId);
            byte[] text = new byte[4096];
            int length = proc.Read("status", ref text, out _);
            if (length <= 0 || !ProcStatus.TryNumber(text.AsSpan(0, length), "Tgid:"u8, 0, out int leader))
            {
                throw Refused(processId);
            }

            if (leader != processId)
            {
                // A thread was named; its process is meant.
                proc.Dispose();
                return Attach(leader, methods);
            }

            if (!ProcStatus.TryNumber(text.AsSpan(0, length), "NSpid:"u8, -1, out int inside))
            {
                inside = processId;
            }

            length = proc.Read("stat", ref text, out _);
            if (length <= 0
                || !ProcStat.TryParse(text.AsSpan(0, length), out ProcStat stat)
                || stat.State is NativeThreadState.Zombie or NativeThreadState.Dead)
            {
                throw Refused(processId);
            }

            var pauser = new ThreadPauser(proc, processId);
            MemoryReader memory = ChooseMemory(processId, proc, pauser, methods);
            var target = new LinuxTargetProcess(processId, inside, proc, exit, stat.StartTicks, pauser, memory);
            proc = null;
            exit = null;
            return target;
        }
        finally
        {
            proc?.Dispose();
            exit?.Dispose();
        }
    }

    /// <inheritdoc/>
    public override ulong ReadProgramStamp() =>
        TryReadStat(out ProcStat stat) && stat.State is not (NativeThreadState.Zombie or NativeThreadState.Dead)
            ? stat.ProgramStamp
            : 0;

    /// <inheritdoc/>
    public override bool SharesMemoryWith(int processId) => Libc.CompareMemory(ProcessId, processId) == 0;

    /// <inheritdoc/>
    public override IReadOnlyList<MemoryMapping> ReadMappings()
    {
        int count = proc.Read("maps", ref buffer, out _);
        return count <= 0 ? [] : ProcMaps.Parse(buffer.AsSpan(0, count));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LoadedModule> ReadModules()
    {
        int count = proc.Read("auxv", ref buffer, out _);
        RemoteAddress mainHeaders = ModuleList.FindMainHeaders(buffer.AsSpan(0, Math.Max(0, count)));
        modules = ModuleList.Build(ReadMappings(), Memory, files, mainHeaders, (ulong)PageSize, modules);
        return modules;
    }

    /// <inheritdoc/>
    public override int ReadThreads(Span<NativeThread> destination) => threads.Read(destination);

    /// <inheritdoc/>
    public override bool TryReadThread(int threadId, out NativeThread thread) => threads.TryRead(threadId, out thread);

    /// <inheritdoc/>
    public override ThreadActivityReader OpenActivityReader() => new LinuxThreadActivityReader(ProcessId);

    /// <inheritdoc/>
    public override string? ReadThreadName(int threadId) => threads.ReadName(threadId);

    /// <inheritdoc/>
    public override bool TryPauseThread(int threadId, out ProcessPause pause) => pauser.TryPause(threadId, out pause);

    /// <inheritdoc/>
    public override void ReleaseStragglers() => ThreadPauser.ReleaseStragglers();

    /// <inheritdoc/>
    public override IReadOnlyList<string> ReadCommandLine()
    {
        int count = proc.Read("cmdline", ref buffer, out _);
        var arguments = new List<string>();
        ReadOnlySpan<byte> rest = buffer.AsSpan(0, Math.Max(0, count));
        while (!rest.IsEmpty && arguments.Count < ParseLimits.CommandLineArguments)
        {
            int end = rest.IndexOf((byte)0);
            arguments.Add(ByteText.Decode(end < 0 ? rest : rest[..end]));
            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return arguments;
    }

    /// <inheritdoc/>
    public override string? ReadExecutablePath() => proc.ReadLink("exe");

    /// <inheritdoc/>
    public override string? ReadContainerId()
    {
        int count = proc.Read("cgroup", ref buffer, out _);
        return ControlGroup.FindContainerId(ByteText.Decode(buffer.AsSpan(0, Math.Max(0, count))));
    }

    /// <inheritdoc/>
    public override string? ReadWorkingDirectory() => proc.ReadLink("cwd");

    /// <inheritdoc/>
    public override Stream? TryOpenFile(string pathInTarget)
    {
        ArgumentNullException.ThrowIfNull(pathInTarget);
        SafeFileHandle? handle = files.TryOpenInTarget(pathInTarget);
        try
        {
            return handle is null ? null : new FileStream(handle, FileAccess.Read, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            handle?.Dispose();
            return null;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            exit?.Dispose();
            ThreadPauser.ReleaseStragglers(TimeSpan.FromMilliseconds(50));
            threads.Dispose();
            foreach (LoadedModule module in modules)
            {
                module.CloseFiles();
            }

            (Memory as IDisposable)?.Dispose();
            proc.Dispose();
        }
    }

    private bool TryReadStat(out ProcStat stat)
    {
        Span<byte> text = stackalloc byte[1024];
        int count = proc.ReadStart("stat\0"u8, text);
        stat = default;
        return count > 0 && ProcStat.TryParse(text[..count], out stat);
    }

    /// <summary>
    /// Why a process cannot be attached to; found out only now, since it takes more than attaching does.
    /// </summary>
    private static TargetProcessException Refused(int processId) => processId > 0
        ? AttachDiagnosis.Explain(AttachFacts.Read(processId))
        : new TargetProcessException(TargetFailure.NotFound, $"There is no process {processId}.");

    /// <summary>Chooses the best way to read the memory that works, by trying it.</summary>
    private static MemoryReader ChooseMemory(int processId, ProcFolder proc, ThreadPauser pauser, MemoryMethods methods)
    {
        if ((methods & MemoryMethods.ProcessVm) != 0)
        {
            int error = ProbeProcessVm(processId);
            if (error == 0)
            {
                return new VmMemoryReader(processId);
            }

            if (error == Errno.NoProcess)
            {
                throw Refused(processId);
            }
        }

        // Both refusals may be a seccomp filter's, which looks at the call and not at the target; so the other ways are
        // tried too.
        if ((methods & MemoryMethods.ProcMem) != 0)
        {
            if (ProcMemoryReader.TryOpen(proc, out _) is { } reader)
            {
                return reader;
            }
        }

        if ((methods & MemoryMethods.Ptrace) != 0 && pauser.TryPause(processId, out ProcessPause pause))
        {
            pause.Dispose();
            return new PtraceMemoryReader(pauser, processId);
        }

        throw Refused(processId);
    }

    /// <summary>Tries process_vm_readv(2); 0 where it may be used, else the error number.</summary>
    internal static int ProbeProcessVm(int processId)
    {
        // Whether we may is checked before the address is looked at, so address 0 tells EPERM from EFAULT.
        byte target;
        var local = new IoVector { Base = &target, Length = 1 };
        var remote = new RemoteRange(RemoteAddress.Null, 1);
        if (Libc.ProcessVmReadWithError(processId, &local, 1, &remote, 1, 0) >= 0)
        {
            return 0;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == Errno.Fault ? 0 : error;
    }
}
