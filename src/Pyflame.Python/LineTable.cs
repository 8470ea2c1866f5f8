namespace Pyflame.Python;

/// <summary>Which line each instruction of a code object belongs to, decoded once.</summary>
/// <remarks>
/// Follows <c>PyCode_Addr2Line</c> (Objects/codeobject.c) of each version byte for byte. A table that is not well formed gives
/// some line or none, never an exception.
/// </remarks>
public sealed class LineTable
{
    // Where each run of instructions with the same line begins, ascending from 0, and that line; 0 for no line.
    private readonly int[] starts;
    private readonly int[] lines;

    private LineTable(List<int> starts, List<int> lines, int firstLine)
    {
        this.starts = [.. starts];
        this.lines = [.. lines];
        FirstLine = firstLine;
    }

    /// <summary><c>co_firstlineno</c>.</summary>
    public int FirstLine { get; }

    /// <summary>How many runs of instructions with the same line there are.</summary>
    public int RunCount => starts.Length;

    /// <summary>The format that a version uses.</summary>
    public static LineTableFormat FormatOf(PythonVersion version) =>
        version.IsAtLeast(3, 11) ? LineTableFormat.Locations
        : version.IsAtLeast(3, 10) ? LineTableFormat.Ranges
        : version.IsAtLeast(3, 6) ? LineTableFormat.SignedDeltas
        : LineTableFormat.UnsignedDeltas;

    /// <summary>Decodes a table.</summary>
    /// <param name="format">Its format.</param>
    /// <param name="table">The content of the bytes object.</param>
    /// <param name="firstLine"><c>co_firstlineno</c>.</param>
    public static LineTable Decode(LineTableFormat format, ReadOnlySpan<byte> table, int firstLine)
    {
        var runs = new Runs();
        switch (format)
        {
            case LineTableFormat.Ranges:
                DecodeRanges(table, firstLine, ref runs);
                break;
            case LineTableFormat.Locations:
                DecodeLocations(table, firstLine, ref runs);
                break;
            default:
                DecodeDeltas(table, firstLine, format == LineTableFormat.SignedDeltas, ref runs);
                break;
        }

        return new LineTable(runs.Starts, runs.Lines, firstLine);
    }

    /// <summary>The line of the instruction at an offset.</summary>
    /// <param name="instructionOffset">In bytes from the first instruction; negative before the first instruction.</param>
    /// <returns>The line; 0 where the instruction has none (3.10+). <see cref="FirstLine"/> for a negative offset, as in CPython.</returns>
    public int GetLine(int instructionOffset)
    {
        if (instructionOffset < 0)
        {
            return FirstLine;
        }

        int index = Array.BinarySearch(starts, instructionOffset);
        index = index >= 0 ? index : ~index - 1;
        return index >= 0 ? lines[index] : 0;
    }

    private static void DecodeDeltas(ReadOnlySpan<byte> table, int firstLine, bool signed, ref Runs runs)
    {
        int offset = 0;
        int line = firstLine;
        runs.Add(0, line);
        for (int i = 0; i + 1 < table.Length; i += 2)
        {
            offset += table[i];
            line += signed ? (sbyte)table[i + 1] : table[i + 1];
            runs.Add(offset, line);
        }
    }

    private static void DecodeRanges(ReadOnlySpan<byte> table, int firstLine, ref Runs runs)
    {
        int offset = 0;
        int line = firstLine;
        for (int i = 0; i + 1 < table.Length; i += 2)
        {
            int delta = (sbyte)table[i + 1];
            // -128 marks a range without a line and leaves the count alone.
            line += delta == -128 ? 0 : delta;
            if (table[i] != 0)
            {
                runs.Add(offset, delta == -128 ? 0 : line);
                offset += table[i];
            }
        }

        runs.Add(offset, 0);
    }

    private static void DecodeLocations(ReadOnlySpan<byte> table, int firstLine, ref Runs runs)
    {
        int offset = 0;
        int line = firstLine;
        int i = 0;
        while (i < table.Length)
        {
            // Bit 7, a code of 4 bits, the number of code units less one.
            int code = table[i] >> 3 & 15;
            line = unchecked(line + code switch
            {
                15 => 0,                                    // no location
                13 or 14 => ReadSignedVarint(table[(i + 1)..]), // no columns; long form
                10 or 11 or 12 => code - 10,                // one line
                _ => 0,                                     // short form: the same line
            });
            runs.Add(offset, code == 15 ? 0 : line);
            offset += ((table[i] & 7) + 1) * 2;
            do
            {
                i++;
            }
            while (i < table.Length && (table[i] & 0x80) == 0);
        }

        runs.Add(offset, 0);
    }

    /// <summary>Six bits a byte, low ones first, bit 6 for more; the sign is the lowest bit (Objects/locations.md).</summary>
    private static int ReadSignedVarint(ReadOnlySpan<byte> bytes)
    {
        uint value = 0;
        for (int i = 0, shift = 0; i < bytes.Length && shift < 32; i++, shift += 6)
        {
            value |= (uint)(bytes[i] & 63) << shift;
            if ((bytes[i] & 64) == 0)
            {
                break;
            }
        }

        int magnitude = (int)(value >> 1);
        return (value & 1) != 0 ? -magnitude : magnitude;
    }

    /// <summary>Gathers runs; a run that is empty or has the line of the one before costs nothing.</summary>
    private readonly struct Runs()
    {
        public List<int> Starts { get; } = [];

        public List<int> Lines { get; } = [];

        public void Add(int start, int line)
        {
            int last = Starts.Count - 1;
            if (last >= 0 && Starts[last] == start)
            {
                Starts.RemoveAt(last);
                Lines.RemoveAt(last);
                last--;
            }

            if (last < 0 || Lines[last] != line)
            {
                Starts.Add(start);
                Lines.Add(line);
            }
        }
    }
}
