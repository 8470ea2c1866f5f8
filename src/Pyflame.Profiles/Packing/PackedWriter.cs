using System.Text;

namespace Pyflame.Profiles.Packing;

/// <summary>A growing buffer of packed numbers and texts.</summary>
internal sealed class PackedWriter
{
    private byte[] _bytes = new byte[1024];

    /// <summary>How many bytes have been written.</summary>
    public int Length { get; private set; }

    /// <summary>What has been written; valid until the next call.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Begins anew.</summary>
    public void Clear() => Length = 0;

    /// <summary>Writes a number that is not negative.</summary>
    public void Write(long value) => Length += VarInt.Write(Reserve(VarInt.MaxBytes), (ulong)value);

    /// <summary>Writes bytes as they are.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Writes a text as the length of its UTF-8 and that, cut after <see cref="ProfileFileLayout.MaxTextBytes"/>.</summary>
    public void Write(string text)
    {
        if (Encoding.UTF8.GetMaxByteCount(text.Length) > ProfileFileLayout.MaxTextBytes)
        {
            text = Cut(text);
        }

        int length = Encoding.UTF8.GetByteCount(text);
        Write(length);
        Length += Encoding.UTF8.GetBytes(text, Reserve(length));
    }

    private static string Cut(string text)
    {
        int bytes = 0;
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > ProfileFileLayout.MaxTextBytes)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    private Span<byte> Reserve(int length)
    {
        if (_bytes.Length - Length < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, checked(Length + length)));
        }

        return _bytes.AsSpan(Length);
    }
}
