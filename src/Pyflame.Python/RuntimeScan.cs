using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>Finds the runtime of a stripped image by looking through its writable data for what can be nothing else.</summary>
internal static class RuntimeScan
{
    private const int ChunkSize = 64 << 10;
    private const ulong LowestAddress = 0x10000;
    private const ulong HighestAddress = 0x7FFF_FFFF_FFFF;

    /// <summary>Finds the cookie with which <c>_PyRuntime</c> begins in 3.13 and later.</summary>
    public static bool TryFindDebugOffsets(MemoryReader memory, LoadedModule module, out RemoteAddress runtime)
    {
        byte[] buffer = new byte[ChunkSize];
        foreach (RemoteRange range in module.WritableData)
        {
            ulong end = Math.Min(range.Length, PythonLimits.ScannedBytes);
            // The cookie is aligned like the structure, so it never lies across two chunks.
            for (ulong at = 0; at < end; at += ChunkSize)
            {
                Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(ChunkSize, end - at));
                if (memory.TryRead(range.Address + (long)at, chunk) && chunk.IndexOf("xdebugpy"u8) is >= 0 and var found)
                {
                    runtime = range.Address + (long)at + found;
                    return true;
                }
            }
        }

        runtime = default;
        return false;
    }

    /// <summary>
    /// Finds the pointer to the first interpreter state: <c>interp_head</c> before 3.7, <c>_PyRuntime.interpreters.head</c> from then
    /// on, where it is followed by a pointer to the main interpreter.
    /// </summary>
    /// <returns>False where the interpreter has not started, or the layout is another one.</returns>
    public static bool TryFindInterpretersHead(
        MemoryReader memory, LoadedModule module, StructOffsets offsets, out RemoteAddress headAddress)
    {
        var batch = new Batch(memory, offsets);
        byte[] buffer = new byte[ChunkSize + 8];
        foreach (RemoteRange range in module.WritableData)
        {
            ulong end = Math.Min(range.Length, PythonLimits.ScannedBytes) & ~7UL;
            for (ulong at = 0; at < end; at += ChunkSize)
            {
                Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(ChunkSize + 8, end - at));
                if (!memory.TryRead(range.Address + (long)at, chunk))
                {
                    continue;
                }

                ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(chunk);
                for (int i = 0; i < words.Length; i++)
                {
                    if (IsPlausible(words[i])
                        && (!offsets.Version.IsAtLeast(3, 7) || (i + 1 < words.Length && IsPlausible(words[i + 1])))
                        && batch.Add(range.Address + (long)at + (i * 8L), new RemoteAddress(words[i]))
                        && batch.TryVerify(out headAddress))
                    {
                        return true;
                    }
                }
            }
        }

        return batch.TryVerify(out headAddress);
    }

    /// <summary>
    /// Whether an address holds the pointer to the first interpreter of a runtime that runs: one of its interpreters has a thread
    /// state that points back to it.
    /// </summary>
    public static bool IsInterpretersHead(MemoryReader memory, StructOffsets offsets, RemoteAddress headAddress)
    {
        Span<InterpreterState> interpreters = stackalloc InterpreterState[16];
        int count = InterpreterState.ReadAll(memory, offsets, headAddress, interpreters);
        foreach (InterpreterState interpreter in interpreters[..count])
        {
            if (!interpreter.ThreadsHead.IsNull
                && memory.TryReadAddress(interpreter.ThreadsHead + offsets.ThreadState.Interp, out RemoteAddress owner)
                && owner == interpreter.Address)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPlausible(ulong word) => word is >= LowestAddress and <= HighestAddress && word % 8 == 0;

    /// <summary>Candidates, sieved by one read of their threads' heads and then one by one.</summary>
    private sealed class Batch(MemoryReader memory, StructOffsets offsets)
    {
        private const int Size = 512;

        private readonly RemoteAddress[] places = new RemoteAddress[Size];
        private readonly RemoteAddress[] interpreters = new RemoteAddress[Size];
        private readonly RemoteRange[] ranges = new RemoteRange[Size];
        private readonly byte[] heads = new byte[Size * 8];
        private int count;

        /// <summary>Takes a candidate in; true when the batch is full.</summary>
        public bool Add(RemoteAddress place, RemoteAddress interpreter)
        {
            places[count] = place;
            interpreters[count] = interpreter;
            ranges[count] = new RemoteRange(interpreter + offsets.InterpreterState.ThreadsHead, 8);
            return ++count == Size;
        }

        public bool TryVerify(out RemoteAddress headAddress)
        {
            int next = 0;
            int all = count;
            count = 0;
            while (next < all)
            {
                int read = memory.ReadMany(ranges.AsSpan(next, all - next), heads) / 8;
                for (int i = 0; i < read; i++)
                {
                    ulong threadsHead = BinaryPrimitives.ReadUInt64LittleEndian(heads.AsSpan(i * 8));
                    if (IsPlausible(threadsHead) && IsHead(places[next + i], interpreters[next + i], new(threadsHead)))
                    {
                        headAddress = places[next + i];
                        return true;
                    }
                }

                // The one behind the last that could be read points nowhere.
                next += read + 1;
            }

            headAddress = default;
            return false;
        }

        private bool IsHead(RemoteAddress place, RemoteAddress interpreter, RemoteAddress threadsHead)
        {
            var types = new ObjectTypes(memory, offsets);
            return memory.TryReadAddress(threadsHead + offsets.ThreadState.Interp, out RemoteAddress owner)
                && owner == interpreter
                && IsInterpretersHead(memory, offsets, place)
                && memory.TryReadAddress(interpreter + offsets.InterpreterState.Modules, out RemoteAddress modules)
                && types.KindOf(modules) == ObjectKind.Dict
                && (!offsets.Version.IsAtLeast(3, 7) || IsFollowedByMain(place));
        }

        /// <summary><c>interpreters.main</c> lies behind <c>interpreters.head</c> and has the id 0.</summary>
        private bool IsFollowedByMain(RemoteAddress place) =>
            memory.TryReadAddress(place + 8, out RemoteAddress main)
            && InterpreterState.TryRead(memory, offsets, main, out InterpreterState interpreter)
            && interpreter.Id == 0;
    }
}
