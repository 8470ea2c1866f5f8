using System.Numerics;
using System.Runtime.InteropServices;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python.Values;

/// <summary>Reads <c>int</c> objects of every version (2.x: <c>int</c> and <c>long</c>).</summary>
/// <remarks>
/// <c>PyLongObject</c>: up to 3.11 <c>ob_size</c> is the count of digits with the number's sign; from 3.12 on <c>lv_tag</c> has the count
/// above three bits, of which the lowest two are 0 for positive, 1 for zero and 2 for negative (cpython/longintrepr.h). Digits
/// have 30 bits, the lowest first.
/// </remarks>
internal static class IntegerReader
{
    private const int DigitBits = 30;
    private const int MaxDigits = 2048;
    private const ulong LongSubclass = 1UL << 24;

    /// <summary>Reads a number that fits into 64 bits and is not negative.</summary>
    public static bool TryRead(MemoryReader memory, StructOffsets offsets, RemoteAddress value, out ulong number)
    {
        number = 0;
        if (TryReadSmall(memory, offsets, value, out long small))
        {
            number = (ulong)small;
            return small >= 0;
        }

        if (TryReadBig(memory, offsets, value, out BigInteger big, out _) && big.Sign >= 0 && big <= ulong.MaxValue)
        {
            number = (ulong)big;
            return true;
        }

        return false;
    }

    /// <summary>Reads a number of at most 60 bits, or any <c>int</c> of 2.x; allocates nothing.</summary>
    /// <returns>False where it cannot be read or has more digits.</returns>
    public static bool TryReadSmall(MemoryReader memory, StructOffsets offsets, RemoteAddress value, out long number)
    {
        const int MostDigits = 2;
        number = 0;
        if (!TryReadHead(memory, offsets, value, out long head, out bool isNegative, out long digits))
        {
            return false;
        }

        if (digits < 0)
        {
            number = head;
            return number != long.MinValue;
        }

        Span<uint> read = stackalloc uint[MostDigits];
        read = read[..(int)Math.Min(digits, MostDigits)];
        if (digits > MostDigits || (digits > 0 && !memory.TryRead(value + offsets.Objects.VarSize + 8, MemoryMarshal.AsBytes(read))))
        {
            return false;
        }

        for (int i = read.Length - 1; i >= 0; i--)
        {
            number = (number << DigitBits) + (read[i] & ((1u << DigitBits) - 1));
        }

        number = isNegative ? -number : number;
        return true;
    }

    /// <summary>Reads a number of any size within reason.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="offsets">The layout of its interpreter.</param>
    /// <param name="value">The object, in the target.</param>
    /// <param name="number">The number.</param>
    /// <param name="digits">How many digits of 30 bits it has.</param>
    /// <returns>False where it cannot be read or has too many digits.</returns>
    public static bool TryReadBig(
        MemoryReader memory, StructOffsets offsets, RemoteAddress value, out BigInteger number, out long digits)
    {
        number = default;
        if (!TryReadHead(memory, offsets, value, out long head, out bool negative, out digits))
        {
            return false;
        }

        if (digits < 0)
        {
            number = head;
            digits = 0;
            return true;
        }

        if (digits > MaxDigits)
        {
            return false;
        }

        Span<uint> read = stackalloc uint[(int)digits];
        if (!memory.TryRead(value + offsets.Objects.VarSize + 8, MemoryMarshal.AsBytes(read)))
        {
            return digits == 0;
        }

        for (int i = read.Length - 1; i >= 0; i--)
        {
            number = (number << DigitBits) + (read[i] & ((1u << DigitBits) - 1));
        }

        number = negative ? -number : number;
        return true;
    }

    /// <summary>Reads how many digits a number has, and its sign; of a 2.x <c>int</c>, which has -1 digits, the value itself.</summary>
    private static bool TryReadHead(
        MemoryReader memory, StructOffsets offsets, RemoteAddress value, out long head, out bool isNegative, out long digits)
    {
        isNegative = false;
        digits = 0;
        if (!memory.TryRead(value + offsets.Objects.VarSize, out head))
        {
            return false;
        }

        if (offsets.Version.Major == 2 && !IsLong(memory, offsets, value))
        {
            digits = -1;
            return true;
        }

        bool isTagged = offsets.Version.IsAtLeast(3, 12);
        isNegative = isTagged ? (head & 3) == 2 : head < 0;
        digits = isTagged ? (long)((ulong)head >> 3) : isNegative ? unchecked(-head) : head;
        return digits >= 0;
    }

    // In 2.x int has its value in a C long; only long is a PyLongObject.
    private static bool IsLong(MemoryReader memory, StructOffsets offsets, RemoteAddress value) =>
        memory.TryReadAddress(value + offsets.Objects.Type, out RemoteAddress type)
        && memory.TryRead(type + offsets.Objects.TypeFlags, out ulong flags)
        && (flags & LongSubclass) != 0;
}
