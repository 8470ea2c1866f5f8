using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Pyflame.Processes.Xz;

/// <summary>Takes bits out of range-coded bytes, each by the probability that it had so far.</summary>
/// <remarks>
/// Where the bytes end too early, zeros follow and <see cref="IsAtEnd"/> is never true; nothing is read beyond them.
/// </remarks>
internal ref struct RangeDecoder
{
    /// <summary>The probability of a bit that was never seen: one half.</summary>
    public const ushort Half = 1 << (ProbabilityBits - 1);

    private const int ProbabilityBits = 11;
    private const int AdaptionShift = 5;
    private const uint LeastRange = 1 << 24;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;
    private uint _range;
    private uint _code;

    /// <summary>Begins to decode.</summary>
    /// <param name="bytes">At least <see cref="HeaderLength"/> bytes.</param>
    public RangeDecoder(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _range = uint.MaxValue;
        _code = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        _position = HeaderLength;
    }

    /// <summary>What the decoder begins with: a zero byte and four bytes of code.</summary>
    public const int HeaderLength = 5;

    /// <summary>Whether all bytes were taken and nothing is left in the decoder, as behind the last bit that was put in.</summary>
    public bool IsAtEnd
    {
        get
        {
            Normalize();
            return _position == _bytes.Length && _code == 0;
        }
    }

    /// <summary>Takes a bit, and learns from it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Bit(ref ushort probability)
    {
        Normalize();
        uint bound = (_range >> ProbabilityBits) * probability;
        if (_code < bound)
        {
            _range = bound;
            probability += (ushort)(((1 << ProbabilityBits) - probability) >> AdaptionShift);
            return 0;
        }

        _range -= bound;
        _code -= bound;
        probability -= (ushort)(probability >> AdaptionShift);
        return 1;
    }

    /// <summary>Takes bits of equal probability, the highest first.</summary>
    public uint DirectBits(int count)
    {
        uint value = 0;
        for (; count > 0; count--)
        {
            Normalize();
            _range >>= 1;
            uint bit = _code >= _range ? 1u : 0;
            _code -= bit * _range;
            value = (value << 1) | bit;
        }

        return value;
    }

    /// <summary>Takes bits, the highest first, each with a probability for every value of those before it.</summary>
    /// <param name="probabilities">Two to the power of <paramref name="count"/>; the first one is not used.</param>
    /// <param name="count">How many bits.</param>
    public int Tree(Span<ushort> probabilities, int count)
    {
        int node = 1;
        for (int i = 0; i < count; i++)
        {
            node = (node << 1) | Bit(ref probabilities[node]);
        }

        return node - (1 << count);
    }

    /// <summary>As <see cref="Tree"/>, the lowest bit first.</summary>
    public uint ReverseTree(Span<ushort> probabilities, int count)
    {
        int node = 1;
        uint value = 0;
        for (int i = 0; i < count; i++)
        {
            int bit = Bit(ref probabilities[node]);
            node = (node << 1) | bit;
            value |= (uint)bit << i;
        }

        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Normalize()
    {
        if (_range < LeastRange)
        {
            _range <<= 8;
            _code = (_code << 8) | (_position < _bytes.Length ? _bytes[_position] : (uint)0);
            _position++;
        }
    }
}
