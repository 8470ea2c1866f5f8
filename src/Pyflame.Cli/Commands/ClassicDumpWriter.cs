using System.Globalization;
using System.Text;
using Pyflame.Cli.Terminal;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>
/// Writes threads as classic Pyflame dumps them: its id, with a star if it holds the GIL, and its frames, innermost first; a blank
/// line between two threads.
/// </summary>
internal static class ClassicDumpWriter
{
    /// <summary>Writes the threads in the order in which they come.</summary>
    public static void Write(IReadOnlyList<ThreadDump> threads, Stream destination, bool lineNumbers)
    {
        using var writer = new StreamWriter(destination, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        for (int index = 0; index < threads.Count; index++)
        {
            if (index > 0)
            {
                writer.WriteLine();
            }

            ThreadDump thread = threads[index];
            string star = thread.HoldsGil == true ? "*" : string.Empty;
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{thread.PthreadId}{star}:"));
            foreach (DumpedFrame frame in thread.Frames)
            {
                string text = lineNumbers
                    ? string.Create(CultureInfo.InvariantCulture, $"{frame.FileName}:{frame.Function}:{frame.Line}")
                    : $"{frame.FileName}:{frame.Function}";
                writer.WriteLine(SafeText.OneLine(text));
            }
        }
    }
}
