namespace Pyflame.Profiles.Packing;

/// <summary>Whole numbers in seven bits a byte, the lowest first, the eighth bit set on all bytes but the last (LEB128).</summary>
internal static class VarInt
{
    /// <summary>The most bytes that a 64-bit number takes.</summary>
    public const int MaxBytes = 10;

    /// <summary>The most bytes that a 32-bit number takes.</summary>
    public const int MaxBytes32 = 5;

    /// <summary>Writes a number.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int Write(Span<byte> destination, ulong value)
    {
        int length = 0;
        while (value >= 0x80)
        {
            destination[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[length++] = (byte)value;
        return length;
    }

    /// <summary>Reads a number.</summary>
    /// <returns>How many bytes it took; 0 where it is cut off or longer than 64 bits.</returns>
    public static int Read(ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        int most = Math.Min(source.Length, MaxBytes);
        for (int length = 0; length < most; length++)
        {
            byte current = source[length];
            if (length == MaxBytes - 1 && current > 1)
            {
                return 0;
            }

            value |= (ulong)(current & 0x7F) << (7 * length);
            if (current < 0x80)
            {
                return length + 1;
            }
        }

        return 0;
    }
}
