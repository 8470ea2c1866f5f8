using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Pyflame.Processes;

/// <summary>
/// Text of the target as text of ours. Paths and arguments on Linux are bytes, most often but not always UTF-8.
/// </summary>
public static class ByteText
{
    /// <summary>Decodes UTF-8; a byte that is none stands as <c>\xNN</c>. Never throws.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length + 16);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int count) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                for (int i = 0; i < count; i++)
                {
                    text.Append("\\x").Append(bytes[i].ToString("x2", CultureInfo.InvariantCulture));
                }
            }

            bytes = bytes[count..];
        }

        return text.ToString();
    }
}
