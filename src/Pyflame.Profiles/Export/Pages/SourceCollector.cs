using System.Text;

namespace Pyflame.Profiles.Export.Pages;

/// <summary>Reads the sources that a page shows, within bounds, whatever the files turn out to be.</summary>
internal sealed class SourceCollector
{
    // A file is kept whole up to this many lines, else only what is near its sampled lines.
    private const int WholeFileLines = 3000;
    private const int LinesAround = 25;
    private const int LongestLine = 400;
    private const int LargestFileBytes = 4 << 20;
    private const int MostFiles = 400;
    private const int MostCharacters = 6 << 20;

    private readonly Func<string, Stream?> _open;
    private int _charactersLeft = MostCharacters;
    private int _filesLeft = MostFiles;
    private byte[]? _buffer;

    /// <summary>Begins with all of the bounds unused.</summary>
    /// <param name="open">Opens a file by the name the target has for it; null where it cannot.</param>
    public SourceCollector(Func<string, Stream?> open) => _open = open;

    /// <summary>Reads one file. The most important files are asked for first, since bounds are on all together.</summary>
    /// <param name="file">Its name in the target.</param>
    /// <param name="sampledLines">The lines that have samples.</param>
    /// <param name="functions">Where functions were seen to begin, with their names, to notice a file that changed.</param>
    /// <returns>Null where it cannot be read or the bounds are reached.</returns>
    public SourceExcerpt? TryRead(string file, IEnumerable<int> sampledLines, IEnumerable<(string Name, int Line)> functions)
    {
        if (_filesLeft == 0 || _charactersLeft == 0 || file.Length == 0 || file[0] == '<' || ReadLines(file) is not { } lines)
        {
            return null;
        }

        _filesLeft--;
        var blocks = new List<(int, IReadOnlyList<string>)>();
        foreach ((int first, int last) in Ranges(lines.Count, sampledLines))
        {
            var block = new List<string>();
            for (int number = first; number <= last && _charactersLeft > 0; number++)
            {
                string line = PageText.Visible(Shorten(lines[number - 1]), keepTabs: true);
                _charactersLeft = Math.Max(0, _charactersLeft - line.Length - 1);
                block.Add(line);
            }

            if (block.Count > 0)
            {
                blocks.Add((first, block));
            }
        }

        return blocks.Count == 0 ? null : new SourceExcerpt(blocks, lines.Count, HasChanged(lines, functions));
    }

    private static IEnumerable<(int First, int Last)> Ranges(int lineCount, IEnumerable<int> sampledLines)
    {
        if (lineCount <= WholeFileLines)
        {
            yield return (1, lineCount);
            yield break;
        }

        int first = 0;
        int last = 0;
        foreach (int line in sampledLines.Where(line => line > 0 && line <= lineCount).Distinct().Order())
        {
            if (first > 0 && line - LinesAround > last + 1)
            {
                yield return (first, last);
                first = 0;
            }

            first = first == 0 ? Math.Max(1, line - LinesAround) : first;
            last = Math.Min(lineCount, line + LinesAround);
        }

        if (first > 0)
        {
            yield return (first, last);
        }
    }

    private static string Shorten(string line)
    {
        if (line.Length <= LongestLine)
        {
            return line;
        }

        int length = char.IsHighSurrogate(line[LongestLine - 1]) ? LongestLine - 1 : LongestLine;
        return line[..length] + "…";
    }

    // Decorators stand between the line that CPython calls a function's first and its name.
    private static bool HasChanged(List<string> lines, IEnumerable<(string Name, int Line)> functions)
    {
        int right = 0;
        int wrong = 0;
        foreach ((string name, int line) in functions)
        {
            if (line <= 0 || name.Length == 0 || name[0] == '<')
            {
                continue;
            }

            bool found = lines.Skip(line - 1).Take(12).Any(text => text.Contains(name, StringComparison.Ordinal));
            _ = found ? right++ : wrong++;
        }

        return wrong > right;
    }

    private List<string>? ReadLines(string file)
    {
        try
        {
            using Stream? stream = _open(file);
            if (stream is null)
            {
                return null;
            }

            _buffer ??= new byte[LargestFileBytes];
            int length = stream.ReadAtLeast(_buffer, _buffer.Length, throwOnEndOfStream: false);
            ReadOnlySpan<byte> content = _buffer.AsSpan(0, length);

            // Not a text: a compiled file, say, under a name that ends like a source's.
            return content.Contains((byte)0) ? null : Split(Encoding(content).GetString(content));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    // Python reads UTF-8 unless a comment on one of the first two lines says otherwise (PEP 263).
    private static Encoding Encoding(ReadOnlySpan<byte> content)
    {
        string start = System.Text.Encoding.Latin1.GetString(content[..Math.Min(content.Length, 200)]);
        string[] lines = start.Split('\n', 3);
        bool latin = lines.Take(2).Any(line => line.StartsWith('#')
            && line.Contains("coding", StringComparison.Ordinal)
            && (line.Contains("latin-1", StringComparison.OrdinalIgnoreCase)
                || line.Contains("latin1", StringComparison.OrdinalIgnoreCase)
                || line.Contains("iso-8859-1", StringComparison.OrdinalIgnoreCase)));
        return latin ? System.Text.Encoding.Latin1 : System.Text.Encoding.UTF8;
    }

    private static List<string> Split(string text)
    {
        var lines = new List<string>();
        var reader = new StringReader(text.StartsWith('\ufeff') ? text[1..] : text);
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }
}
