using System.Buffers.Binary;

namespace Pyflame.Processes.Xz;

/// <summary>
/// Unpacks LZMA2: chunks that are stored, or packed with LZMA, each of which says how long it is and what it goes on with.
/// </summary>
internal sealed class Lzma2Decoder
{
    private const int FirstPacked = 0x80;

    private readonly LzmaDecoder _lzma = new();
    private int _dictionaryStart;
    private bool _needsDictionary;
    private bool _needsProperties;

    /// <summary>Unpacks one run of chunks, up to the end that it says.</summary>
    /// <param name="packed">What follows of the file.</param>
    /// <param name="unpacked">Where to put it.</param>
    /// <param name="length">How many packed bytes it was.</param>
    public bool TryDecode(ReadOnlySpan<byte> packed, UnpackedBytes unpacked, out int length)
    {
        length = 0;
        _needsDictionary = true;
        _needsProperties = true;
        while (length < packed.Length)
        {
            byte control = packed[length++];
            if (control == 0)
            {
                return true;
            }

            int chunk = control >= FirstPacked
                ? DecodePacked(control, packed[length..], unpacked)
                : CopyStored(control, packed[length..], unpacked);
            if (chunk < 0)
            {
                return false;
            }

            length += chunk;
        }

        return false;
    }

    // The length of the chunk; negative where it is damaged.
    private int CopyStored(byte control, ReadOnlySpan<byte> packed, UnpackedBytes unpacked)
    {
        const int Header = 2;
        if (control > 2 || (control == 2 && _needsDictionary) || packed.Length < Header)
        {
            return -1;
        }

        if (control == 1)
        {
            BeginDictionary(unpacked);
        }

        int size = BinaryPrimitives.ReadUInt16BigEndian(packed) + 1;
        if (size > packed.Length - Header || !unpacked.TryGrow(size))
        {
            return -1;
        }

        packed.Slice(Header, size).CopyTo(unpacked.Span[(unpacked.Length - size)..]);
        return Header + size;
    }

    private int DecodePacked(byte control, ReadOnlySpan<byte> packed, UnpackedBytes unpacked)
    {
        int reset = (control >> 5) & 3;
        int header = reset >= 2 ? 5 : 4;
        if (packed.Length < header)
        {
            return -1;
        }

        if (reset == 3)
        {
            BeginDictionary(unpacked);
        }

        if (reset >= 2)
        {
            _needsProperties = !_lzma.TrySetProperties(packed[4]);
        }

        if (_needsDictionary || _needsProperties)
        {
            return -1;
        }

        if (reset >= 1)
        {
            _lzma.Reset();
        }

        int unpackedSize = ((control & 0x1f) << 16) + BinaryPrimitives.ReadUInt16BigEndian(packed) + 1;
        int size = BinaryPrimitives.ReadUInt16BigEndian(packed[2..]) + 1;
        int before = unpacked.Length;
        return size <= packed.Length - header
            && unpacked.TryGrow(unpackedSize)
            && _lzma.TryDecode(packed.Slice(header, size), unpacked.Span[_dictionaryStart..], before - _dictionaryStart)
                ? header + size
                : -1;
    }

    private void BeginDictionary(UnpackedBytes unpacked)
    {
        _dictionaryStart = unpacked.Length;
        _needsDictionary = false;
        _needsProperties = true;
    }
}
