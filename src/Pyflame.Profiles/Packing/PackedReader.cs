using System.Text;

namespace Pyflame.Profiles.Packing;

/// <summary>Reads what <see cref="PackedWriter"/> wrote; bytes of any content are safe.</summary>
internal ref struct PackedReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Begins with the first of the bytes.</summary>
    public PackedReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    /// <summary>How many bytes have not been read.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>Reads a number from 0 to <paramref name="most"/>.</summary>
    /// <exception cref="DamagedRecordException">There is none, or it is greater.</exception>
    public long Read(long most, string what)
    {
        int length = VarInt.Read(_rest, out ulong value);
        if (length == 0)
        {
            throw new DamagedRecordException($"{what} is cut off");
        }

        if (most < 0 || value > (ulong)most)
        {
            throw new DamagedRecordException($"{what} is {value}, which is not from 0 to {most}");
        }

        _rest = _rest[length..];
        return (long)value;
    }

    /// <summary>Reads a number from 0 to <paramref name="most"/>.</summary>
    /// <returns>False where there is none, or it is greater.</returns>
    public bool TryRead(ulong most, out ulong value)
    {
        int length = VarInt.Read(_rest, out value);
        _rest = _rest[length..];
        return length > 0 && value <= most;
    }

    /// <summary>Reads a number of entries, each of at least one byte, which bounds it by what is left.</summary>
    /// <exception cref="DamagedRecordException">There is none, or it is greater.</exception>
    public int ReadCount(string what) => (int)Read(_rest.Length, what);

    /// <summary>Reads a text.</summary>
    /// <exception cref="DamagedRecordException">It is cut off or too long.</exception>
    public string ReadText(string what)
    {
        int length = (int)Read(ProfileFileLayout.MaxTextBytes, what);
        if (length > _rest.Length)
        {
            throw new DamagedRecordException($"{what} is cut off");
        }

        string text = Encoding.UTF8.GetString(_rest[..length]);
        _rest = _rest[length..];
        return text;
    }
}
