using System.Buffers.Binary;
using System.Text;

namespace Pyflame.Tests.Processes.Elf;

/// <summary>Builds small ELF files, byte by byte after elf(5), without looking at the parser.</summary>
/// <remarks>
/// One read-and-run segment holds the whole file at <see cref="BaseAddress"/>; a writable one of 0x100 bytes in the
/// file and 0x300 in memory follows at <see cref="DataAddress"/>.
/// </remarks>
internal sealed class ElfBuilder
{
    private readonly List<Piece> pieces = [];
    private readonly MemoryStream file = new();

    public bool Is64 { get; init; } = true;

    public ushort Type { get; init; } = 3;

    public ulong BaseAddress { get; init; }

    public ulong DataAddress => BaseAddress + 0x10000;

    public string? SoName { get; init; }

    public byte[]? BuildId { get; init; }

    public (string Name, uint Checksum)? DebugLink { get; init; }

    public bool OldHash { get; init; }

    /// <summary>Exported symbols: name, address, size.</summary>
    public List<(string Name, ulong Value, ulong Size)> Exported { get; init; } = [];

    /// <summary>Other symbols: name, address, binding, section.</summary>
    public List<(string Name, ulong Value, byte Binding, ushort Section)> Local { get; init; } = [];

    /// <summary>Whether the names of the symbol table share their tails, as linkers make them.</summary>
    public bool ShareTails { get; init; }

    public byte[] Build()
    {
        int segments = 4;
        file.SetLength(HeaderSize + (segments * SegmentSize));
        file.Position = file.Length;
        (ulong hash, ulong symbols, ulong strings, ulong stringsSize, ulong soName) = WriteDynamicSymbols();
        Piece note = WriteNote();
        Piece dynamic = Begin(".dynamic", 6, 3);
        foreach ((ulong tag, ulong value) in new[]
        {
            (OldHash ? 4UL : 0x6ffffef5UL, hash), (6UL, symbols), (5UL, strings), (10UL, stringsSize),
            (SoName is null ? 0x6ffffffbUL : 14UL, soName), (0UL, 0UL),
        })
        {
            Word(tag);
            Word(value);
        }

        End(dynamic);
        WriteDebugLink();
        WriteStaticSymbols();
        Piece data = Begin(".data", 1, 3, address: DataAddress);
        file.Write(new byte[0x100]);
        End(data);
        ulong sectionsAt = WriteSections(out int sections, out int names);
        ulong length = (ulong)file.Length;
        WriteHeader(segments, sectionsAt, sections, names);
        WriteSegment(1, 5, 0, BaseAddress, length, length);
        WriteSegment(1, 6, data.Offset, DataAddress, 0x100, 0x300);
        WriteSegment(2, 6, dynamic.Offset, BaseAddress + dynamic.Offset, dynamic.Size, dynamic.Size);
        WriteSegment(4, 4, note.Offset, BaseAddress + note.Offset, note.Size, note.Size);
        return file.ToArray();
    }

    private int HeaderSize => Is64 ? 64 : 52;

    private int SegmentSize => Is64 ? 56 : 32;

    private (ulong Hash, ulong Symbols, ulong Strings, ulong StringsSize, ulong SoName) WriteDynamicSymbols()
    {
        // GNU's table wants the symbols in order of bucket; one bucket each for four.
        const uint Buckets = 4;
        var ordered = OldHash
            ? Exported
            : [.. Exported.OrderBy(static symbol => GnuHash(symbol.Name) % Buckets)];
        var text = new MemoryStream();
        text.WriteByte(0);
        ulong soName = Append(text, SoName ?? "");
        var nameOffsets = ordered.Select(symbol => Append(text, symbol.Name)).ToArray();
        Piece strings = Begin(".dynstr", 3, 2);
        file.Write(text.ToArray());
        End(strings);
        Piece symbols = Begin(".dynsym", 11, 2);
        Symbol(0, 0, 0, 0, 0);
        for (int i = 0; i < ordered.Count; i++)
        {
            Symbol((uint)nameOffsets[i], ordered[i].Value, ordered[i].Size, 0x11, 1);
        }

        End(symbols);
        Piece hash = Begin(OldHash ? ".hash" : ".gnu.hash", OldHash ? 5u : 0x6ffffff6, 2);
        if (OldHash)
        {
            WriteOldHash(ordered);
        }
        else
        {
            WriteGnuHash(ordered, Buckets);
        }

        End(hash);
        return (BaseAddress + hash.Offset, BaseAddress + symbols.Offset, BaseAddress + strings.Offset, strings.Size, soName);
    }

    private void WriteGnuHash(List<(string Name, ulong Value, ulong Size)> symbols, uint buckets)
    {
        const int BloomWords = 2;
        const int Shift = 6;
        int bits = Is64 ? 64 : 32;
        Int(buckets);
        Int(1);
        Int(BloomWords);
        Int(Shift);
        ulong[] bloom = new ulong[BloomWords];
        uint[] hashes = [.. symbols.Select(static symbol => GnuHash(symbol.Name))];
        foreach (uint hash in hashes)
        {
            bloom[hash / (uint)bits % BloomWords] |= (1UL << (int)(hash % (uint)bits)) | (1UL << (int)((hash >> Shift) % (uint)bits));
        }

        Array.ForEach(bloom, Word);
        for (uint bucket = 0; bucket < buckets; bucket++)
        {
            int first = Array.FindIndex(hashes, hash => hash % buckets == bucket);
            Int(first < 0 ? 0 : (uint)first + 1);
        }

        for (int i = 0; i < hashes.Length; i++)
        {
            bool last = i + 1 == hashes.Length || hashes[i + 1] % buckets != hashes[i] % buckets;
            Int((hashes[i] & ~1u) | (last ? 1u : 0));
        }
    }

    private void WriteOldHash(List<(string Name, ulong Value, ulong Size)> symbols)
    {
        const uint Buckets = 2;
        Int(Buckets);
        Int((uint)symbols.Count + 1);
        uint[] heads = new uint[Buckets];
        uint[] chain = new uint[symbols.Count + 1];
        for (uint i = 1; i <= symbols.Count; i++)
        {
            uint bucket = OldHashOf(symbols[(int)i - 1].Name) % Buckets;
            chain[i] = heads[bucket];
            heads[bucket] = i;
        }

        Array.ForEach(heads, Int);
        Array.ForEach(chain, Int);
    }

    private Piece WriteNote()
    {
        Piece note = Begin(".note.gnu.build-id", 7, 2);
        if (BuildId is not null)
        {
            Int(4);
            Int(2);
            Int(1);
            file.Write("ABI\0"u8);
            file.Write([1, 2, 0, 0]);
            Int(4);
            Int((uint)BuildId.Length);
            Int(3);
            file.Write("GNU\0"u8);
            file.Write(BuildId);
            Align();
        }

        End(note);
        return note;
    }

    private void WriteDebugLink()
    {
        if (DebugLink is { } link)
        {
            Piece piece = Begin(".gnu_debuglink", 1, 0);
            file.Write(Encoding.UTF8.GetBytes(link.Name + "\0"));
            Align();
            Int(link.Checksum);
            End(piece);
        }
    }

    private void WriteStaticSymbols()
    {
        if (Local.Count == 0)
        {
            return;
        }

        var text = new MemoryStream();
        text.WriteByte(0);
        uint[] offsets = new uint[Local.Count];
        foreach (int i in Enumerable.Range(0, Local.Count).OrderByDescending(i => Local[i].Name.Length))
        {
            byte[] name = Encoding.UTF8.GetBytes(Local[i].Name + "\0");
            int shared = ShareTails ? text.ToArray().AsSpan().IndexOf(name) : -1;
            offsets[i] = shared >= 0 ? (uint)shared : (uint)Append(text, Local[i].Name);
        }

        Piece symbols = Begin(".symtab", 2, 0);
        symbols.Link = (uint)pieces.Count + 1;
        Symbol(0, 0, 0, 0, 0);
        for (int i = 0; i < Local.Count; i++)
        {
            Symbol(offsets[i], Local[i].Value, 8, (byte)((Local[i].Binding << 4) | 1), Local[i].Section);
        }

        End(symbols);
        Piece strings = Begin(".strtab", 3, 0);
        file.Write(text.ToArray());
        End(strings);
    }

    private ulong WriteSections(out int count, out int names)
    {
        pieces.Add(new Piece { Name = ".bss", Type = 8, Flags = 3, Address = DataAddress + 0x100, Size = 0x200, Offset = (ulong)file.Length });
        var text = new MemoryStream();
        text.WriteByte(0);
        Piece shstrtab = Begin(".shstrtab", 3, 0);
        foreach (Piece piece in pieces)
        {
            piece.NameOffset = (uint)Append(text, piece.Name);
        }

        file.Write(text.ToArray());
        End(shstrtab);
        Align();
        ulong at = (ulong)file.Length;
        count = pieces.Count + 1;
        names = pieces.IndexOf(shstrtab) + 1;
        file.Write(new byte[Is64 ? 64 : 40]);
        foreach (Piece piece in pieces)
        {
            Int(piece.NameOffset);
            Int(piece.Type);
            Word(piece.Flags);
            Word(piece.Flags == 0 ? 0 : piece.Address ?? (BaseAddress + piece.Offset));
            Word(piece.Offset);
            Word(piece.Size);
            Int(piece.Link);
            Int(0);
            Word(8);
            Word(0);
        }

        return at;
    }

    private void WriteHeader(int segments, ulong sectionsAt, int sections, int names)
    {
        file.Position = 0;
        file.Write([0x7f, (byte)'E', (byte)'L', (byte)'F', (byte)(Is64 ? 2 : 1), 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Short(Type);
        Short(Is64 ? (ushort)62 : (ushort)3);
        Int(1);
        Word(BaseAddress + 0x40);
        Word((ulong)HeaderSize);
        Word(sectionsAt);
        Int(0);
        Short((ushort)HeaderSize);
        Short((ushort)SegmentSize);
        Short((ushort)segments);
        Short(Is64 ? (ushort)64 : (ushort)40);
        Short((ushort)sections);
        Short((ushort)names);
    }

    private void WriteSegment(uint type, uint flags, ulong offset, ulong address, ulong fileSize, ulong memorySize)
    {
        Int(type);
        if (Is64)
        {
            Int(flags);
        }

        Word(offset);
        Word(address);
        Word(address);
        Word(fileSize);
        Word(memorySize);
        if (!Is64)
        {
            Int(flags);
        }

        Word(0x1000);
    }

    private void Symbol(uint name, ulong value, ulong size, byte info, ushort section)
    {
        Int(name);
        if (Is64)
        {
            file.Write([info, 0]);
            Short(section);
            Word(value);
            Word(size);
        }
        else
        {
            Word(value);
            Word(size);
            file.Write([info, 0]);
            Short(section);
        }
    }

    private Piece Begin(string name, uint type, ulong flags, ulong? address = null)
    {
        Align();
        var piece = new Piece { Name = name, Type = type, Flags = flags, Offset = (ulong)file.Length, Address = address };
        pieces.Add(piece);
        return piece;
    }

    private void End(Piece piece) => piece.Size = (ulong)file.Length - piece.Offset;

    private void Align()
    {
        file.SetLength((file.Length + 7) & ~7L);
        file.Position = file.Length;
    }

    private void Short(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        file.Write(bytes);
    }

    private void Int(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        file.Write(bytes);
    }

    private void Word(ulong value)
    {
        if (!Is64)
        {
            Int((uint)value);
            return;
        }

        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        file.Write(bytes);
    }

    private static ulong Append(MemoryStream text, string name)
    {
        ulong at = (ulong)text.Length;
        text.Position = text.Length;
        text.Write(Encoding.UTF8.GetBytes(name + "\0"));
        return at;
    }

    private static uint GnuHash(string name) =>
        Encoding.UTF8.GetBytes(name).Aggregate(5381u, static (hash, c) => unchecked((hash * 33) + c));

    private static uint OldHashOf(string name)
    {
        uint hash = 0;
        foreach (byte c in Encoding.UTF8.GetBytes(name))
        {
            hash = unchecked((hash << 4) + c);
            uint top = hash & 0xf0000000;
            if (top != 0)
            {
                hash ^= top >> 24;
            }

            hash &= ~top;
        }

        return hash;
    }

    private sealed class Piece
    {
        public required string Name { get; init; }

        public uint NameOffset { get; set; }

        public uint Type { get; init; }

        public ulong Flags { get; init; }

        public ulong Offset { get; init; }

        public ulong? Address { get; init; }

        public ulong Size { get; set; }

        public uint Link { get; set; }
    }
}
