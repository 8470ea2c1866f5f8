using System.Runtime.CompilerServices;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>Reads with process_vm_readv(2): one system call, the target is not stopped, nothing is allocated.</summary>
/// <param name="processId">The target, in our PID namespace.</param>
/// <remarks>
/// The garbage collector is told of the call (no <c>SuppressGCTransition</c>): the kernel takes the target's map lock
/// in it and may bring in pages from a disk, so a call that lasts a microsecond as a rule has no bound.
/// </remarks>
internal sealed unsafe class VmMemoryReader(int processId) : MemoryReader
{
    /// <inheritdoc/>
    [SkipLocalsInit]
    public override bool TryRead(RemoteAddress address, Span<byte> destination)
    {
        fixed (byte* buffer = destination)
        {
            var local = new IoVector { Base = buffer, Length = (nuint)destination.Length };
            var remote = new RemoteRange(address, (ulong)destination.Length);
            return Libc.ProcessVmRead(processId, &local, 1, &remote, 1, 0) == destination.Length;
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override int ReadMany(ReadOnlySpan<RemoteRange> ranges, Span<byte> destination)
    {
        int total = 0;
        while (!ranges.IsEmpty)
        {
            // The kernel refuses a call as a whole for one length it does not like, so it never sees one: what does not
            // fit into the buffer ends the call.
            int count = 0;
            ulong wanted = 0;
            var room = (ulong)(destination.Length - total);
            while (count < ranges.Length && count < MaxRangesPerCall && ranges[count].Length <= room - wanted)
            {
                wanted += ranges[count++].Length;
            }

            if (count == 0)
            {
                break;
            }

            nint read;
            fixed (byte* buffer = destination[total..])
            fixed (RemoteRange* remote = ranges)
            {
                var local = new IoVector { Base = buffer, Length = (nuint)wanted };
                read = Libc.ProcessVmRead(processId, &local, 1, remote, (nuint)count, 0);
            }

            if (read < 0)
            {
                break;
            }

            total += (int)read;
            if ((ulong)read < wanted)
            {
                break;
            }

            ranges = ranges[count..];
        }

        return total;
    }
}
