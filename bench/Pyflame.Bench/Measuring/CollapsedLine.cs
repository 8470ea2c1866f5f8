using System.Globalization;

namespace Pyflame.Bench.Measuring;

/// <summary>One line of a profile in collapsed stacks.</summary>
/// <param name="Functions">The functions' names, root first; without files, lines, threads and processes.</param>
/// <param name="Count">How many samples.</param>
internal readonly record struct CollapsedLine(string[] Functions, long Count)
{
    /// <summary>Whether it is a stack, and not a mark for what was not running, had no frame yet, or could not be read.</summary>
    public bool IsStack => Functions is not (["(idle)"] or ["(no stack)"] or ["(failed)"] or []);

    /// <summary>Reads a file line by line.</summary>
    /// <param name="path">The file; empty where it is not there.</param>
    /// <param name="isAustin">
    /// Whether it is austin's: a line for each sample, with the time since the last one where others have a count.
    /// </param>
    public static IEnumerable<CollapsedLine> Read(string path, bool isAustin)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        // Equal stacks follow each other in a log of samples.
        string lastStack = string.Empty;
        string[] lastFunctions = [];
        foreach (string line in File.ReadLines(path))
        {
            int space = line.LastIndexOf(' ');
            if (space <= 0 || line[0] == '#' || !long.TryParse(line.AsSpan(space + 1), CultureInfo.InvariantCulture, out long count))
            {
                continue;
            }

            string stack = line[..space];
            if (stack != lastStack)
            {
                lastStack = stack;
                lastFunctions = [.. stack.Split(';').Where(IsFrame).Select(FunctionName)];
            }

            yield return new CollapsedLine(lastFunctions, isAustin ? 1 : count);
        }
    }

    // austin begins with P<pid> and T<interpreter>:<thread>, Tachyon with tid:<thread>.
    private static bool IsFrame(string frame) =>
        !(frame.Length > 1 && frame[0] is 'P' or 'T' && char.IsAsciiDigit(frame[1]) && !frame.Contains('.', StringComparison.Ordinal))
        && !frame.StartsWith("tid:", StringComparison.Ordinal)
        && frame is not ("<GC>" or "<native>");

    // file:function:line, or as py-spy writes it function (file:line).
    private static string FunctionName(string frame)
    {
        int line = frame.LastIndexOf(':');
        if (line < 0)
        {
            return frame;
        }

        if (frame[^1] == ')')
        {
            int file = frame.LastIndexOf(" (", StringComparison.Ordinal);
            return file < 0 ? frame : frame[..file];
        }

        int function = frame.LastIndexOf(':', line - 1);
        return function < 0 ? frame[..line] : frame[(function + 1)..line];
    }
}
