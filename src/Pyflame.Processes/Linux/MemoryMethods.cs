namespace Pyflame.Processes.Linux;

/// <summary>The ways to read memory, the best first.</summary>
[Flags]
internal enum MemoryMethods
{
    /// <summary>process_vm_readv(2).</summary>
    ProcessVm = 1,

    /// <summary><c>/proc/PID/mem</c>.</summary>
    ProcMem = 2,

    /// <summary><c>PTRACE_PEEKDATA</c>.</summary>
    Ptrace = 4,

    /// <summary>All of them.</summary>
    Any = 7,
}
