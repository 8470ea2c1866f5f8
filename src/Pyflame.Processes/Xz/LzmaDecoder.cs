namespace Pyflame.Processes.Xz;

/// <summary>Unpacks runs of LZMA: literals, and copies of what came before, as of Igor Pavlov's LZMA specification.</summary>
/// <remarks>What it has unpacked is the dictionary, so that it takes no memory for one, however large a file says that it is.</remarks>
internal sealed class LzmaDecoder
{
    private const int States = 12;
    private const int FirstStateAfterCopy = 7;
    private const int MostPositions = 16;
    private const int LeastLength = 2;
    private const int FirstModelledSlot = 4;
    private const int FirstDirectSlot = 14;
    private const int AlignBits = 4;
    private const int LiteralProbabilities = 0x300;

    // Lc and lp together are at most 4 in LZMA2.
    private readonly ushort[] _literals = new ushort[LiteralProbabilities << 4];
    private readonly ushort[] _isCopy = new ushort[States * MostPositions];
    private readonly ushort[] _isRepeat = new ushort[States];
    private readonly ushort[] _isRepeatOther = new ushort[States];
    private readonly ushort[] _isRepeatThird = new ushort[States];
    private readonly ushort[] _isRepeatFourth = new ushort[States];
    private readonly ushort[] _isLongRepeat = new ushort[States * MostPositions];
    private readonly ushort[] _slots = new ushort[4 * 64];
    private readonly ushort[] _distances = new ushort[128];
    private readonly ushort[] _align = new ushort[1 << AlignBits];
    private readonly LengthDecoder _copyLength = new();
    private readonly LengthDecoder _repeatLength = new();

    private int _state;
    private uint _distance0;
    private uint _distance1;
    private uint _distance2;
    private uint _distance3;
    private int _literalContextBits;
    private int _literalPositionMask;
    private int _positionMask;

    /// <summary>Takes the three numbers that a stream of LZMA is made with.</summary>
    /// <param name="properties">(pb * 5 + lp) * 9 + lc</param>
    /// <returns>False where they are none that LZMA2 allows.</returns>
    public bool TrySetProperties(byte properties)
    {
        int contextBits = properties % 9;
        int positionBits = properties / 9 % 5;
        if (properties >= 9 * 5 * 5 || contextBits + positionBits > 4)
        {
            return false;
        }

        _literalContextBits = contextBits;
        _literalPositionMask = (1 << positionBits) - 1;
        _positionMask = (1 << (properties / 45)) - 1;
        return true;
    }

    /// <summary>Forgets all that was learnt.</summary>
    public void Reset()
    {
        _state = 0;
        _distance0 = _distance1 = _distance2 = _distance3 = 0;
        ReadOnlySpan<ushort[]> all =
        [
            _literals, _isCopy, _isRepeat, _isRepeatOther, _isRepeatThird, _isRepeatFourth, _isLongRepeat, _slots, _distances, _align,
        ];
        foreach (ushort[] probabilities in all)
        {
            Array.Fill(probabilities, RangeDecoder.Half);
        }

        _copyLength.Reset();
        _repeatLength.Reset();
    }

    /// <summary>Unpacks one run.</summary>
    /// <param name="packed">The run, wholly.</param>
    /// <param name="dictionary">What was unpacked since the dictionary was begun anew, and behind it the room for this run.</param>
    /// <param name="position">Where that room begins.</param>
    /// <returns>False where it is damaged; nothing beyond the room is written all the same.</returns>
    public bool TryDecode(ReadOnlySpan<byte> packed, Span<byte> dictionary, int position)
    {
        if (packed.Length < RangeDecoder.HeaderLength || packed[0] != 0)
        {
            return false;
        }

        var bits = new RangeDecoder(packed);
        while (position < dictionary.Length)
        {
            int place = position & _positionMask;
            if (bits.Bit(ref _isCopy[(_state * MostPositions) + place]) == 0)
            {
                dictionary[position] = Literal(ref bits, dictionary, position);
                position++;
                continue;
            }

            int length = CopyLength(ref bits, place);
            if (_distance0 >= (uint)position || length > dictionary.Length - position)
            {
                return false;
            }

            // Byte for byte: a copy may reach into itself.
            for (int from = position - (int)_distance0 - 1, end = position + length; position < end; position++)
            {
                dictionary[position] = dictionary[from++];
            }
        }

        return bits.IsAtEnd;
    }

    private byte Literal(ref RangeDecoder bits, ReadOnlySpan<byte> dictionary, int position)
    {
        int before = position > 0 ? dictionary[position - 1] : 0;
        int context = ((position & _literalPositionMask) << _literalContextBits) + (before >> (8 - _literalContextBits));
        Span<ushort> probabilities = _literals.AsSpan(LiteralProbabilities * context, LiteralProbabilities);
        int node = 1;

        // Behind a copy the byte is most likely not the one that would have gone on with it, which is what this tells.
        if (_state >= FirstStateAfterCopy && _distance0 < (uint)position)
        {
            int likely = dictionary[position - (int)_distance0 - 1];
            int same = 1;
            while (node < 0x100 && same != 0)
            {
                int likelyBit = (likely >> 7) & 1;
                likely <<= 1;
                int bit = bits.Bit(ref probabilities[((1 + likelyBit) << 8) + node]);
                node = (node << 1) | bit;
                same = bit == likelyBit ? 1 : 0;
            }
        }

        while (node < 0x100)
        {
            node = (node << 1) | bits.Bit(ref probabilities[node]);
        }

        _state = _state < 4 ? 0 : _state < 10 ? _state - 3 : _state - 6;
        return (byte)node;
    }

    /// <summary>Takes the length of a copy, and its distance into the first of the four last distances.</summary>
    private int CopyLength(ref RangeDecoder bits, int place)
    {
        int state = _state;
        bool afterLiteral = state < FirstStateAfterCopy;
        if (bits.Bit(ref _isRepeat[state]) == 0)
        {
            _state = afterLiteral ? 7 : 10;
            _distance3 = _distance2;
            _distance2 = _distance1;
            _distance1 = _distance0;
            int length = _copyLength.Decode(ref bits, place);
            _distance0 = Distance(ref bits, length);
            return length + LeastLength;
        }

        if (bits.Bit(ref _isRepeatOther[state]) == 0)
        {
            if (bits.Bit(ref _isLongRepeat[(state * MostPositions) + place]) == 0)
            {
                _state = afterLiteral ? 9 : 11;
                return 1;
            }
        }
        else
        {
            uint distance = _distance1;
            if (bits.Bit(ref _isRepeatThird[state]) != 0)
            {
                distance = _distance2;
                if (bits.Bit(ref _isRepeatFourth[state]) != 0)
                {
                    distance = _distance3;
                    _distance3 = _distance2;
                }

                _distance2 = _distance1;
            }

            _distance1 = _distance0;
            _distance0 = distance;
        }

        _state = afterLiteral ? 8 : 11;
        return _repeatLength.Decode(ref bits, place) + LeastLength;
    }

    // The end marker of LZMA, the largest distance, is beyond any dictionary; LZMA2 has none.
    private uint Distance(ref RangeDecoder bits, int length)
    {
        int slot = bits.Tree(_slots.AsSpan(Math.Min(length, 3) * 64, 64), 6);
        if (slot < FirstModelledSlot)
        {
            return (uint)slot;
        }

        int count = (slot >> 1) - 1;
        uint distance = (2u | ((uint)slot & 1)) << count;
        return slot < FirstDirectSlot
            ? distance + bits.ReverseTree(_distances.AsSpan((int)distance - slot), count)
            : distance + (bits.DirectBits(count - AlignBits) << AlignBits) + bits.ReverseTree(_align, AlignBits);
    }

    /// <summary>How long a copy is, without the two that it is at least.</summary>
    private sealed class LengthDecoder
    {
        private readonly ushort[] _choices = new ushort[2];
        private readonly ushort[] _short = new ushort[MostPositions * 8];
        private readonly ushort[] _middle = new ushort[MostPositions * 8];
        private readonly ushort[] _long = new ushort[256];

        public void Reset()
        {
            ReadOnlySpan<ushort[]> all = [_choices, _short, _middle, _long];
            foreach (ushort[] probabilities in all)
            {
                Array.Fill(probabilities, RangeDecoder.Half);
            }
        }

        public int Decode(ref RangeDecoder bits, int place)
        {
            if (bits.Bit(ref _choices[0]) == 0)
            {
                return bits.Tree(_short.AsSpan(place * 8, 8), 3);
            }

            return bits.Bit(ref _choices[1]) == 0
                ? 8 + bits.Tree(_middle.AsSpan(place * 8, 8), 3)
                : 16 + bits.Tree(_long, 8);
        }
    }
}
