using System.Globalization;
using System.Text;
using System.Text.Json;
using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Commands;

/// <summary>A list of Python processes as text and as JSON.</summary>
internal static class PythonProcessTable
{
    /// <summary>A table with a head; command lines are cut to the width.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="width">In columns; null for no limit.</param>
    public static string Format(IReadOnlyList<PythonProcess> processes, int? width)
    {
        int pidWidth = Math.Max(3, processes.Max(process => Text(process.Summary.ProcessId).Length));
        var text = new StringBuilder();
        text.AppendLine($"{"PID".PadLeft(pidWidth)}  VERSION  THREADS      AGE  COMMAND");
        foreach (PythonProcess process in processes)
        {
            string line = $"{Text(process.Summary.ProcessId).PadLeft(pidWidth)}  {process.Version?.ToString() ?? "?",-7}  "
                + $"{Text(process.Summary.ThreadCount),7}  {Age(process.Summary.Age),7}  "
                + SafeText.OneLine(string.Join(' ', process.Summary.CommandLine));
            text.AppendLine(width is { } columns && line.Length > columns ? line[..(columns - 1)] + "…" : line);
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>An array of objects with <c>pid</c>, <c>version</c> (null where unknown), <c>threads</c>, <c>age_seconds</c>, <c>command</c>.</summary>
    public static void WriteJson(IReadOnlyList<PythonProcess> processes, Stream destination)
    {
        using var json = new Utf8JsonWriter(destination, JsonText.Options);
        json.WriteStartArray();
        foreach (PythonProcess process in processes)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", process.Summary.ProcessId);
            json.WriteString("version", process.Version?.ToString());
            json.WriteNumber("threads", process.Summary.ThreadCount);
            json.WriteNumber("age_seconds", Math.Round(process.Summary.Age.TotalSeconds, 2));
            json.WriteStartArray("command");
            foreach (string word in process.Summary.CommandLine)
            {
                json.WriteStringValue(word);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>A length of time in at most seven characters: <c>42 s</c>, <c>5 min</c>, <c>3 h</c>, <c>12 d</c>.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 100 } => Text((long)age.TotalSeconds) + " s",
        { TotalMinutes: < 100 } => Text((long)age.TotalMinutes) + " min",
        { TotalHours: < 72 } => Text((long)age.TotalHours) + " h",
        _ => Text((long)age.TotalDays) + " d",
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
