using System.Runtime.InteropServices;
using System.Text;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>What decides whether we may look at one process.</summary>
internal sealed unsafe record TargetFacts
{
    /// <summary>The process.</summary>
    public int ProcessId { get; init; }

    /// <summary>Whether there is such a process, whether or not <c>/proc</c> shows it.</summary>
    public bool Exists { get; init; }

    /// <summary>Whether <c>/proc</c> shows it to us.</summary>
    public bool IsVisible { get; init; }

    /// <summary>Whether it has ended, or is just ending, and its parent has not taken notice.</summary>
    public bool IsZombie { get; init; }

    /// <summary>Whether it is a thread of the kernel.</summary>
    public bool IsKernelThread { get; init; }

    /// <summary>Its real, effective and saved user ids.</summary>
    public IReadOnlyList<int> UserIds { get; init; } = [];

    /// <summary>Its real, effective and saved group ids.</summary>
    public IReadOnlyList<int> GroupIds { get; init; } = [];

    /// <summary>Its permitted capabilities.</summary>
    public ulong Capabilities { get; init; }

    /// <summary>Whether it may be dumped and so be looked at by its own user (PR_SET_DUMPABLE(2const)).</summary>
    public bool IsDumpable { get; init; } = true;

    /// <summary>Whether it is in our user namespace; null where that cannot be told.</summary>
    public bool? IsInOurUserNamespace { get; init; }

    /// <summary>Whether we started it, directly or not.</summary>
    public bool IsDescendant { get; init; }

    /// <summary>Who traces it; 0 for nobody.</summary>
    public int TracerId { get; init; }

    /// <summary>The error number of process_vm_readv(2); 0 where it works.</summary>
    public int ProcessVmError { get; init; }

    /// <summary>The error number of opening <c>/proc/PID/mem</c>; 0 where it works.</summary>
    public int ProcMemError { get; init; }

    /// <summary>Whether ptrace(2) was tried and found to be the only way to read its memory.</summary>
    public bool NeedsPtrace { get; init; }

    /// <summary>Whether its memory can be read one way or another.</summary>
    public bool IsReadable => ProcessVmError == 0 || ProcMemError == 0 || NeedsPtrace;

    /// <summary>Reads the facts about a process.</summary>
    public static TargetFacts Read(int processId)
    {
        string status = AttachFacts.ReadText($"/proc/{processId}/status");
        if (status.Length == 0)
        {
            // Without a right to it a signal is refused, but only if there is someone to get it (kill(2)).
            bool exists = Libc.Kill(processId, 0) == 0 || Marshal.GetLastPInvokeError() == Errno.NotPermitted;
            return new TargetFacts { ProcessId = processId, Exists = exists, ProcessVmError = Errno.NoProcess, ProcMemError = Errno.NoEntry };
        }

        int[] users = AttachFacts.Numbers(status, "Uid:");
        bool hasMemory = AttachFacts.Field(status, "VmSize:").Length != 0;
        string state = AttachFacts.Field(status, "State:");
        bool isKernelThread = ProcStat.TryParse(Encoding.Latin1.GetBytes(AttachFacts.ReadText($"/proc/{processId}/stat")), out ProcStat stat)
            && stat.IsKernelThread;

        // A process that is about to be a zombie has given up its memory already.
        bool isZombie = state.StartsWith('Z') || state.StartsWith('X') || (!hasMemory && !isKernelThread);
        int memory = ProcFolder.Open(Libc.AtCurrentDirectory, $"/proc/{processId}/mem", Libc.OpenReadOnly, out int memoryError);
        if (memory >= 0)
        {
            _ = Libc.Close(memory);
        }

        return new TargetFacts
        {
            ProcessId = processId,
            Exists = true,
            IsVisible = true,
            IsZombie = isZombie,
            IsKernelThread = isKernelThread,
            UserIds = [.. users.Take(3)],
            GroupIds = [.. AttachFacts.Numbers(status, "Gid:").Take(3)],
            Capabilities = AttachFacts.Mask(status, "CapPrm:"),
            IsDumpable = IsOwnedBy($"/proc/{processId}/status", users.Length > 1 ? users[1] : users[0]),
            IsInOurUserNamespace = IsSameNamespace(processId),
            IsDescendant = FindDescent(processId),
            TracerId = AttachFacts.Numbers(status, "TracerPid:")[0],
            ProcessVmError = LinuxTargetProcess.ProbeProcessVm(processId),
            ProcMemError = memoryError,
        };
    }

    /// <summary>
    /// Whether a file of <c>/proc</c> belongs to the process's effective user; those of a process that must not be
    /// dumped belong to root (proc(5), "/proc/pid").
    /// </summary>
    private static bool IsOwnedBy(string path, int user)
    {
        Span<byte> buffer = stackalloc byte[64];
        FileStatus status;
        fixed (byte* bytes = ProcFolder.NullTerminated(path, buffer))
        {
            return Libc.Stat(Libc.AtCurrentDirectory, bytes, 0, FileStatus.Owner, &status) != 0 || status.UserId == (uint)user;
        }
    }

    private static bool? IsSameNamespace(int processId)
    {
        using ProcFolder? target = ProcFolder.TryOpen(processId, out _);
        using ProcFolder? own = ProcFolder.TryOpen(Environment.ProcessId, out _);
        string? theirs = target?.ReadLink("ns/user");
        return theirs is null ? null : theirs == own?.ReadLink("ns/user");
    }

    private static bool FindDescent(int processId)
    {
        for (int steps = 0; processId > 1 && steps < 1024; steps++)
        {
            if (processId == Environment.ProcessId)
            {
                return true;
            }

            processId = AttachFacts.Numbers(AttachFacts.ReadText($"/proc/{processId}/status"), "PPid:")[0];
        }

        return false;
    }
}
