using System.Buffers.Binary;

namespace Pyflame.Processes.Elf;

/// <summary>Finds a symbol in a table that has no index.</summary>
/// <remarks>
/// The names are searched first, as plain bytes: where the name is not among them, which is the usual case, the table
/// is never read. Linkers let one name be the tail of another (<c>x_PyRuntime</c>), so the offset of every place where
/// it ends counts.
/// </remarks>
internal static class ElfSymbolScan
{
    private const int MostPlaces = 64;
    private const int ChunkBytes = 64 << 10;

    /// <summary>Finds a symbol.</summary>
    /// <param name="image">The image.</param>
    /// <param name="table">Its symbol table.</param>
    /// <param name="strings">The names of that table.</param>
    /// <param name="name">The name, with a zero byte behind it.</param>
    /// <param name="symbol">The symbol: a global one where there are several of that name.</param>
    public static bool TryFind(
        ElfImage image, in ElfSection table, in ElfSection strings, ReadOnlySpan<byte> name, out ElfSymbol symbol)
    {
        symbol = default;
        if (!table.HasBytes || !strings.HasBytes)
        {
            return false;
        }

        Span<uint> places = stackalloc uint[MostPlaces];
        byte[] chunk = new byte[ChunkBytes];
        int count = FindPlaces(image.Source, strings, name, chunk, places);
        return count != 0 && TryFindByPlace(image, table, places[..count], chunk, out symbol);
    }

    private static int FindPlaces(
        ByteSource source, in ElfSection strings, ReadOnlySpan<byte> name, byte[] chunk, Span<uint> places)
    {
        if (name.Length > chunk.Length / 2)
        {
            return 0;
        }

        ulong size = Math.Min(strings.Size, Math.Min(ParseLimits.ElfStringTableBytes, uint.MaxValue));
        int found = 0;
        for (ulong at = 0; at < size;)
        {
            int wanted = (int)Math.Min((ulong)chunk.Length, size - at);
            int count = source.Read(unchecked(strings.FileOffset + at), chunk.AsSpan(0, wanted));
            ReadOnlySpan<byte> rest = chunk.AsSpan(0, count);
            int place = 0;
            for (int next; (next = rest[place..].IndexOf(name)) >= 0; place += next + 1)
            {
                places[found++] = (uint)(at + (ulong)(place + next));
                if (found == places.Length)
                {
                    return found;
                }
            }

            if (count < wanted || at + (ulong)count >= size)
            {
                break;
            }

            // The name may lie across the border of two chunks.
            at += (ulong)(count - (name.Length - 1));
        }

        return found;
    }

    private static bool TryFindByPlace(
        ElfImage image, in ElfSection table, ReadOnlySpan<uint> places, byte[] chunk, out ElfSymbol symbol)
    {
        symbol = default;
        bool found = false;
        int record = image.Header.SymbolRecord;
        ulong size = Math.Min(table.Size, ParseLimits.ElfSymbolTableBytes);
        int perChunk = chunk.Length / record * record;
        for (ulong at = 0; at < size; at += (ulong)perChunk)
        {
            int wanted = (int)Math.Min((ulong)perChunk, size - at);
            int count = image.Source.Read(unchecked(table.FileOffset + at), chunk.AsSpan(0, wanted));
            for (int i = 0; i + record <= count; i += record)
            {
                if (!places.Contains(BinaryPrimitives.ReadUInt32LittleEndian(chunk.AsSpan(i))))
                {
                    continue;
                }

                ElfSymbol candidate = image.Header.ReadSymbol(chunk.AsSpan(i), out _);
                if (!candidate.IsDefined)
                {
                    continue;
                }

                if (candidate.Binding != 0)
                {
                    symbol = candidate;
                    return true;
                }

                if (!found)
                {
                    symbol = candidate;
                    found = true;
                }
            }

            if (count < wanted)
            {
                break;
            }
        }

        return found;
    }
}
