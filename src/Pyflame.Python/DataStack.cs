using System.Runtime.InteropServices;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>The memory that a thread's frames lie in from 3.11 on: a list of <c>_PyStackChunk</c> (Include/cpython/pystate.h).</summary>
internal static class DataStack
{
    /// <summary>How many bytes behind the used part of a chunk are read too, so that a stack may grow a little before it is missed.</summary>
    public const int Slack = 512;

    // struct _stack_chunk: previous, size in bytes with this header, top in words (kept only while it is not the newest).
    private const int HeaderSize = 24;
    private const int MaxChunks = 4096;
    private const int MaxChunkBytes = 1 << 26;

    // Of all chunks together: 256 bytes for each of the most frames that are followed. Frames further out are found one by one.
    private const ulong MaxBytes = StackReader.MaxDepth * 256;

    /// <summary>Where the frames of a chunk begin.</summary>
    public static RemoteAddress DataOf(RemoteAddress chunk) => chunk + HeaderSize;

    /// <summary>Whether an address lies in one of the chunks.</summary>
    public static bool IsInside(List<RemoteRange> chunks, RemoteAddress address)
    {
        foreach (RemoteRange chunk in chunks)
        {
            if (chunk.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds the used parts of a thread's chunks.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="threadState">The thread state, in the target.</param>
    /// <param name="offsets">Its layout.</param>
    /// <param name="newest">The room for frames of the newest chunk, used and unused.</param>
    /// <returns>The parts, oldest first; null where they cannot be read or contradict themselves.</returns>
    public static List<RemoteRange>? TryReadChunks(
        MemoryReader memory, RemoteAddress threadState, ThreadStateOffsets offsets, out RemoteRange newest)
    {
        newest = default;
        if (!memory.TryReadAddress(threadState + offsets.DataStackChunk, out RemoteAddress chunk)
            || !memory.TryReadAddress(threadState + offsets.DataStackTop, out RemoteAddress top))
        {
            return null;
        }

        var chunks = new List<RemoteRange>();
        ulong total = 0;
        Span<ulong> header = stackalloc ulong[3];
        while (!chunk.IsNull && chunks.Count < MaxChunks)
        {
            if (!memory.TryRead(chunk, MemoryMarshal.AsBytes(header)) || header[1] is < HeaderSize or > MaxChunkBytes)
            {
                return null;
            }

            RemoteAddress data = chunk + HeaderSize;
            ulong room = header[1] - HeaderSize;
            ulong used = chunks.Count == 0 ? (ulong)(top - data) : Math.Min(header[2], room) * 8;
            if (used > room)
            {
                return null;
            }

            total += Math.Min(used + Slack, room);
            if (total > MaxBytes)
            {
                return chunks.Count == 0 ? null : InOrder(chunks);
            }

            newest = chunks.Count == 0 ? new RemoteRange(data, room) : newest;
            chunks.Add(new RemoteRange(data, Math.Min(used + Slack, room)));
            chunk = new RemoteAddress(header[0]);
        }

        return InOrder(chunks);
    }

    private static List<RemoteRange> InOrder(List<RemoteRange> newestFirst)
    {
        newestFirst.Reverse();
        return newestFirst;
    }
}
