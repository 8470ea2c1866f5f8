using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>
/// Reads word by word with <c>PTRACE_PEEKDATA</c> (ptrace(2)): the last resort, a hundred times slower than the others.
/// </summary>
/// <param name="pauser">
/// Pauses the target; its pause is used where there is one, else the main thread is paused for each read.
/// </param>
/// <param name="processId">The target.</param>
internal sealed unsafe class PtraceMemoryReader(ThreadPauser pauser, int processId) : MemoryReader
{
    /// <inheritdoc/>
    public override int MaxRangesPerCall => 1;

    /// <inheritdoc/>
    public override bool TryRead(RemoteAddress address, Span<byte> destination) =>
        ReadMany([new RemoteRange(address, (ulong)destination.Length)], destination) == destination.Length;

    /// <inheritdoc/>
    public override int ReadMany(ReadOnlySpan<RemoteRange> ranges, Span<byte> destination)
    {
        if (pauser.PausedThreadId != 0)
        {
            return base.ReadMany(ranges, destination);
        }

        if (!pauser.TryPause(processId, out ProcessPause pause))
        {
            return 0;
        }

        using (pause)
        {
            return base.ReadMany(ranges, destination);
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    protected override int ReadPart(RemoteAddress address, Span<byte> destination)
    {
        // Aligned words, so that none lies across the border to a page that is not there.
        int total = 0;
        while (total < destination.Length)
        {
            ulong at = address.Value + (ulong)total;
            int skip = (int)(at & 7);
            ulong word;
            if (Libc.PtraceThread(Ptrace.PeekData, pauser.PausedThreadId, (nint)(at - (ulong)skip), (nint)(&word)) != 0)
            {
                break;
            }

            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(ref word))[skip..];
            int count = Math.Min(bytes.Length, destination.Length - total);
            bytes[..count].CopyTo(destination[total..]);
            total += count;
        }

        return total;
    }
}
