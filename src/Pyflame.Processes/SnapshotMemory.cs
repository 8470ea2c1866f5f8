namespace Pyflame.Processes;

/// <summary>Memory that was recorded: ranges of a process and the bytes that were there.</summary>
/// <remarks>
/// It makes readers testable without any process, and lets a user send what a reader stumbled over. The file begins
/// with <c>PYFLMEM</c> and the version 1 as a byte; then for each range, in order of address, how far it begins behind
/// the end of the last one, its length (both as unsigned LEB128) and its bytes; a range of length zero ends it.
/// </remarks>
public sealed class SnapshotMemory : MemoryReader
{
    private readonly RemoteAddress[] starts;
    private readonly byte[][] contents;

    /// <summary>Makes a snapshot.</summary>
    /// <param name="ranges">
    /// What is in it, in any order. Where two overlap, the later one is believed. The bytes are copied.
    /// </param>
    public SnapshotMemory(IEnumerable<(RemoteAddress Address, byte[] Bytes)> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        var merged = new RangeBytes();
        foreach ((RemoteAddress address, byte[] bytes) in ranges)
        {
            merged.Add(address, bytes);
        }

        (starts, contents) = merged.ToArrays();
    }

    internal SnapshotMemory(RangeBytes ranges) => (starts, contents) = ranges.ToArrays();

    private static ReadOnlySpan<byte> Magic => "PYFLMEM\u0001"u8;

    /// <summary>The ranges, in order of address; none touches another.</summary>
    public IEnumerable<RemoteRange> Ranges
    {
        get
        {
            for (int i = 0; i < starts.Length; i++)
            {
                yield return new RemoteRange(starts[i], (ulong)contents[i].Length);
            }
        }
    }

    /// <summary>Reads a snapshot from a file.</summary>
    /// <param name="stream">The file, at its beginning; stays open.</param>
    /// <exception cref="InvalidDataException">It is not a snapshot, or is damaged.</exception>
    public static SnapshotMemory Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> magic = stackalloc byte[Magic.Length];
        if (stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) != magic.Length || !magic.SequenceEqual(Magic))
        {
            throw new InvalidDataException("This is not a memory snapshot.");
        }

        var ranges = new List<(RemoteAddress, byte[])>();
        ulong end = 0;
        ulong total = 0;
        while (true)
        {
            ulong gap = ReadNumber(stream);
            ulong length = ReadNumber(stream);
            if (length == 0)
            {
                return new SnapshotMemory(ranges);
            }

            total += length;
            if (length > ParseLimits.SnapshotBytes
                || total > ParseLimits.SnapshotBytes
                || gap > ulong.MaxValue - end
                || length > ulong.MaxValue - (end + gap))
            {
                throw new InvalidDataException("The memory snapshot is damaged: a range is longer than can be.");
            }

            byte[] bytes = ReadBytes(stream, (int)length);
            ranges.Add((new RemoteAddress(end + gap), bytes));
            end += gap + length;
        }
    }

    /// <summary>Writes the snapshot to a file; the same snapshot is always the same bytes.</summary>
    /// <param name="stream">Where to; stays open.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(Magic);
        ulong end = 0;
        for (int i = 0; i < starts.Length; i++)
        {
            WriteNumber(stream, starts[i].Value - end);
            WriteNumber(stream, (ulong)contents[i].Length);
            stream.Write(contents[i]);
            end = starts[i].Value + (ulong)contents[i].Length;
        }

        WriteNumber(stream, 0);
        WriteNumber(stream, 0);
    }

    /// <inheritdoc/>
    public override bool TryRead(RemoteAddress address, Span<byte> destination) => ReadPart(address, destination) == destination.Length;

    private static byte[] ReadBytes(Stream stream, int length)
    {
        // In pieces, so that a damaged length does not take memory that the file cannot fill.
        byte[] bytes = new byte[Math.Min(length, 1 << 20)];
        for (int count = 0; ;)
        {
            int more = stream.ReadAtLeast(bytes.AsSpan(count), bytes.Length - count, throwOnEndOfStream: false);
            if (more != bytes.Length - count)
            {
                throw new InvalidDataException("The memory snapshot ends in the middle of a range.");
            }

            count = bytes.Length;
            if (count == length)
            {
                return bytes;
            }

            Array.Resize(ref bytes, (int)Math.Min(length, count * 2L));
        }
    }

    private static ulong ReadNumber(Stream stream)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int read = stream.ReadByte();
            if (read < 0 || (shift == 63 && read > 1))
            {
                break;
            }

            value |= (ulong)(read & 0x7f) << shift;
            if (read < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("The memory snapshot is damaged: a number has no end.");
    }

    private static void WriteNumber(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }

    /// <inheritdoc/>
    protected override int ReadPart(RemoteAddress address, Span<byte> destination)
    {
        // No two ranges touch, so bytes that follow one another are always in one range.
        int index = Array.BinarySearch(starts, address);
        if (index < 0)
        {
            index = ~index - 1;
        }

        if (index < 0)
        {
            return 0;
        }

        ulong into = address.Value - starts[index].Value;
        if (into >= (ulong)contents[index].Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = contents[index].AsSpan((int)into);
        int count = Math.Min(rest.Length, destination.Length);
        rest[..count].CopyTo(destination);
        return count;
    }
}
