using System.Buffers.Binary;
using Pyflame.Processes;

namespace Pyflame.Python;

/// <summary>Finds the kernel's id of a thread of which only the <c>pthread_t</c> is known, as before 3.11.</summary>
/// <remarks>
/// A <c>pthread_t</c> is the address of the C library's own record of the thread, and somewhere in it stands the id: at 720 in every
/// glibc of x86-64 (nptl/descr.h, <c>struct pthread.tid</c>), at 48 or 56 in musl (src/internal/pthread_impl.h). A value
/// there counts only when the kernel lists a thread of that id.
/// </remarks>
public static class ThreadIds
{
    private const int RecordBytes = 1024;
    private static readonly int[] LikelyOffsets = [720, 48, 56];

    /// <summary>Finds the id.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="pthreadId"><c>thread_id</c> of the thread state.</param>
    /// <param name="threads">The OS threads of the process.</param>
    /// <param name="thread">The thread found.</param>
    /// <returns>False where there is none, or more than one that it could be.</returns>
    public static bool TryFind(
        MemoryReader memory, ulong pthreadId, ReadOnlySpan<NativeThread> threads, out NativeThread thread)
    {
        Span<byte> record = stackalloc byte[RecordBytes];
        thread = default;
        if (pthreadId == 0 || !memory.TryRead(new RemoteAddress(pthreadId), record))
        {
            return false;
        }

        foreach (int offset in LikelyOffsets)
        {
            if (TryGet(threads, BinaryPrimitives.ReadInt32LittleEndian(record[offset..]), out thread))
            {
                return true;
            }
        }

        int found = 0;
        for (int offset = 0; offset + sizeof(int) <= RecordBytes; offset += sizeof(int))
        {
            if (TryGet(threads, BinaryPrimitives.ReadInt32LittleEndian(record[offset..]), out NativeThread candidate)
                && (found == 0 || candidate.Id != thread.Id))
            {
                thread = candidate;
                found++;
            }
        }

        return found == 1;
    }

    private static bool TryGet(ReadOnlySpan<NativeThread> threads, int namespaceId, out NativeThread thread)
    {
        foreach (NativeThread candidate in threads)
        {
            if (candidate.NamespaceId == namespaceId)
            {
                thread = candidate;
                return true;
            }
        }

        thread = default;
        return false;
    }
}
