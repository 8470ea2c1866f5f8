using System.Numerics;

namespace Pyflame.Processes.Xz;

/// <summary>
/// A cyclic redundancy check whose bits are reflected, begins with ones and is inverted at its end: CRC-32 of zlib and IEEE 802.3,
/// and CRC-64 of ECMA-182 as .xz files have it.
/// </summary>
/// <typeparam name="T">An unsigned number as wide as the check.</typeparam>
internal sealed class Checksum<T>
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    private readonly T[] _table = new T[256];
    private T _value = T.AllBitsSet;

    /// <summary>Begins a check.</summary>
    /// <param name="polynomial">The polynomial, reflected.</param>
    public Checksum(T polynomial)
    {
        for (int i = 0; i < _table.Length; i++)
        {
            T value = T.CreateTruncating(i);
            for (int bit = 0; bit < 8; bit++)
            {
                value = T.IsOddInteger(value) ? (value >>> 1) ^ polynomial : value >>> 1;
            }

            _table[i] = value;
        }
    }

    /// <summary>The check of all that was added.</summary>
    public T Value => ~_value;

    /// <summary>Adds bytes.</summary>
    public Checksum<T> Add(ReadOnlySpan<byte> bytes)
    {
        T value = _value;
        foreach (byte next in bytes)
        {
            value = _table[byte.CreateTruncating(value) ^ next] ^ (value >>> 8);
        }

        _value = value;
        return this;
    }
}
