using System.Runtime.CompilerServices;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>
/// Reads through <c>/proc/PID/mem</c> (proc_pid_mem(5)): one system call a range, the target is not stopped.
/// </summary>
/// <param name="proc">The folder of the target.</param>
/// <param name="memory">The open file, which this instance closes.</param>
/// <remarks>For kernels without process_vm_readv(2), and containers whose seccomp filter refuses it.</remarks>
internal sealed unsafe class ProcMemoryReader(ProcFolder proc, int memory) : MemoryReader, IDisposable
{
    /// <inheritdoc/>
    public override int MaxRangesPerCall => 1;

    /// <summary>Opens the file; null where the kernel refuses it.</summary>
    public static ProcMemoryReader? TryOpen(ProcFolder proc, out int error)
    {
        int opened = ProcFolder.Open(proc.Descriptor, "mem", Libc.OpenReadOnly, out error);
        return opened < 0 ? null : new ProcMemoryReader(proc, opened);
    }

    /// <inheritdoc/>
    public override bool TryRead(RemoteAddress address, Span<byte> destination) => ReadPart(address, destination) == destination.Length;

    /// <inheritdoc/>
    public void Dispose()
    {
        int closing = Interlocked.Exchange(ref memory, -1);
        if (closing >= 0)
        {
            _ = Libc.Close(closing);
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    protected override int ReadPart(RemoteAddress address, Span<byte> destination)
    {
        int total = 0;
        bool reopened = false;
        fixed (byte* buffer = destination)
        {
            while (total < destination.Length)
            {
                // Offsets beyond the signed range are kernel addresses, and errors anyway.
                nint count = Libc.ReadAt(
                    memory, buffer + total, (nuint)(destination.Length - total), (long)(address.Value + (ulong)total));
                if (count > 0)
                {
                    total += (int)count;
                }
                else if (count == 0 && !reopened && TryReopen())
                {
                    // The file shows the memory as of when it was opened; that is gone since the process ran another
                    // program.
                    reopened = true;
                }
                else
                {
                    break;
                }
            }
        }

        return total;
    }

    private bool TryReopen()
    {
        int opened = ProcFolder.Open(proc.Descriptor, "mem", Libc.OpenReadOnly, out _);
        if (opened < 0)
        {
            return false;
        }

        _ = Libc.Close(memory);
        memory = opened;
        return true;
    }
}
