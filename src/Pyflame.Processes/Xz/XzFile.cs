using System.Buffers.Binary;

namespace Pyflame.Processes.Xz;

/// <summary>Unpacks .xz files (the specification "The .xz File Format", version 1.2.1).</summary>
/// <remarks>
/// The .NET libraries have no such thing. Nothing in the file is believed, and nothing here throws: what is damaged, too long, or packed
/// with anything but LZMA2 alone, which is what xz does unless it is asked for more, is refused. So is what does not have the
/// CRC-32 or CRC-64 that it says; other checks are not taken.
/// </remarks>
internal static class XzFile
{
    private const int StreamHeaderLength = 12;
    private const ulong Lzma2Filter = 0x21;
    private const byte HasPackedSize = 0x40;
    private const byte HasUnpackedSize = 0x80;
    private const byte IndexFollows = 0;
    private const int CheckNone = 0;
    private const int CheckCrc32 = 1;
    private const int CheckCrc64 = 4;

    /// <summary>Unpacks the first stream of a file.</summary>
    /// <param name="file">The file; what follows the index of that stream is not looked at.</param>
    /// <param name="unpacked">Takes what it unpacks to; where the file is refused, what was unpacked until then.</param>
    public static bool TryUnpack(ReadOnlySpan<byte> file, UnpackedBytes unpacked)
    {
        if (!TryReadStreamHeader(file, out int check))
        {
            return false;
        }

        var decoder = new Lzma2Decoder();
        var blocks = new List<Block>();
        for (int at = StreamHeaderLength; at < file.Length;)
        {
            if (file[at] == IndexFollows)
            {
                return IsIndexOf(blocks, file[at..]);
            }

            if (!TryUnpackBlock(file[at..], check, decoder, unpacked, out Block block))
            {
                return false;
            }

            blocks.Add(block);
            at += (block.Length + 3) & ~3;
        }

        return false;
    }

    private static bool TryReadStreamHeader(ReadOnlySpan<byte> file, out int check)
    {
        check = CheckNone;
        if (file.Length < StreamHeaderLength
            || !file.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])
            || BinaryPrimitives.ReadUInt32LittleEndian(file[8..]) != Checksums.Crc32().Add(file[6..8]).Value)
        {
            return false;
        }

        // What else the flags may say one day is not known.
        check = file[7];
        return file[6] == 0 && check <= 15;
    }

    private static bool TryUnpackBlock(ReadOnlySpan<byte> file, int check, Lzma2Decoder decoder, UnpackedBytes unpacked, out Block block)
    {
        block = default;
        int length = (file[0] + 1) * 4;
        if (length > file.Length || !TryReadBlockHeader(file[..length], out ulong? packedSize, out ulong? unpackedSize))
        {
            return false;
        }

        int before = unpacked.Length;
        if (!decoder.TryDecode(file[length..], unpacked, out int packedLength)
            || (packedSize is { } packed && packed != (ulong)packedLength)
            || (unpackedSize is { } size && size != (ulong)(unpacked.Length - before)))
        {
            return false;
        }

        int checkAt = length + ((packedLength + 3) & ~3);
        int checkLength = CheckLength(check);
        block = new Block(length + packedLength + checkLength, unpacked.Length - before);
        return checkLength <= file.Length - checkAt && IsRight(check, file[checkAt..], unpacked.Span[before..]);
    }

    /// <summary>Whether the index is that of the blocks: how long each one is, and its checksum.</summary>
    private static bool IsIndexOf(List<Block> blocks, ReadOnlySpan<byte> index)
    {
        ReadOnlySpan<byte> rest = index[1..];
        if (!TryReadNumber(ref rest, out ulong? count) || count != (ulong)blocks.Count)
        {
            return false;
        }

        foreach (Block block in blocks)
        {
            if (!TryReadNumber(ref rest, out ulong? length) || length != (ulong)block.Length
                || !TryReadNumber(ref rest, out ulong? unpackedLength) || unpackedLength != (ulong)block.UnpackedLength)
            {
                return false;
            }
        }

        int end = (index.Length - rest.Length + 3) & ~3;
        return end + sizeof(uint) <= index.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(index[end..]) == Checksums.Crc32().Add(index[..end]).Value;
    }

    private static bool TryReadBlockHeader(ReadOnlySpan<byte> header, out ulong? packedSize, out ulong? unpackedSize)
    {
        packedSize = null;
        unpackedSize = null;
        ReadOnlySpan<byte> rest = header[..^4];
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[^4..]) != Checksums.Crc32().Add(rest).Value)
        {
            return false;
        }

        // One filter, and no flags but those of the two sizes.
        byte flags = rest[1];
        rest = rest[2..];
        return (flags & ~(HasPackedSize | HasUnpackedSize)) == 0
            && ((flags & HasPackedSize) == 0 || TryReadNumber(ref rest, out packedSize))
            && ((flags & HasUnpackedSize) == 0 || TryReadNumber(ref rest, out unpackedSize))
            && TryReadNumber(ref rest, out ulong? filter) && filter == Lzma2Filter
            && TryReadNumber(ref rest, out ulong? propertiesLength) && propertiesLength == 1;
    }

    /// <summary>Takes a number of up to nine bytes of seven bits each, the lowest first.</summary>
    private static bool TryReadNumber(ref ReadOnlySpan<byte> bytes, out ulong? number)
    {
        ulong value = 0;
        for (int i = 0; i < Math.Min(bytes.Length, 9); i++)
        {
            value |= (bytes[i] & 0x7fUL) << (7 * i);
            if ((bytes[i] & 0x80) == 0)
            {
                bytes = bytes[(i + 1)..];
                number = value;
                return true;
            }
        }

        number = null;
        return false;
    }

    private static int CheckLength(int check) => check == CheckNone ? 0 : 4 << ((check - 1) / 3);

    private static bool IsRight(int check, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> bytes) => check switch
    {
        CheckCrc32 => BinaryPrimitives.ReadUInt32LittleEndian(expected) == Checksums.Crc32().Add(bytes).Value,
        CheckCrc64 => BinaryPrimitives.ReadUInt64LittleEndian(expected) == Checksums.Crc64().Add(bytes).Value,
        _ => true,
    };

    /// <summary>What the index says of a block.</summary>
    /// <param name="Length">Its bytes, header and check among them, without the padding that makes them a multiple of four.</param>
    /// <param name="UnpackedLength">What it unpacked to.</param>
    private readonly record struct Block(int Length, int UnpackedLength);
}
