using System.Buffers.Text;

namespace Pyflame.Processes.Linux;

/// <summary>Fields of <c>/proc/PID/status</c> (proc_pid_status(5)).</summary>
internal static class ProcStatus
{
    /// <summary>Finds the value of a field, without the blanks around it; empty where there is no such field.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="field">The name of the field with its colon.</param>
    public static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> text, ReadOnlySpan<byte> field)
    {
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            if (line.StartsWith(field))
            {
                return line[field.Length..].Trim(" \t"u8);
            }

            text = end < 0 ? default : text[(end + 1)..];
        }

        return default;
    }

    /// <summary>The number in a column of a field, columns being separated by tabs.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="field">The name of the field with its colon.</param>
    /// <param name="column">Which, from 0; -1 for the last.</param>
    /// <param name="number">The number.</param>
    public static bool TryNumber(ReadOnlySpan<byte> text, ReadOnlySpan<byte> field, int column, out int number)
    {
        ReadOnlySpan<byte> value = Field(text, field);
        if (column < 0)
        {
            value = value[(value.LastIndexOf((byte)'\t') + 1)..];
        }

        for (int skipped = 0; skipped < column; skipped++)
        {
            int tab = value.IndexOf((byte)'\t');
            value = tab < 0 ? default : value[(tab + 1)..];
        }

        return Utf8Parser.TryParse(value, out number, out _);
    }
}
