using System.Text.Json;
using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>Reports as JSON.</summary>
internal static class ReportJson
{
    /// <summary>The hottest functions and lines.</summary>
    public static void Write(ProfileReport report, int limit, Stream destination)
    {
        using var json = new Utf8JsonWriter(destination, JsonText.Options);
        json.WriteStartObject();
        WriteHead(json, report);
        json.WriteStartArray("processes");
        foreach ((ProfiledProcess process, long weight) in report.Processes.Take(limit))
        {
            json.WriteStartObject();
            json.WriteNumber("pid", process.ProcessId);
            json.WriteString("command", process.CommandLine);
            json.WriteString("python", process.PythonVersion);
            json.WriteNumber("samples", weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteRows(json, "functions", report.Functions.Take(limit));
        WriteRows(json, "lines", report.Lines.Take(limit));
        json.WriteEndObject();
    }

    /// <summary>The parts of a profile, each with its hottest functions.</summary>
    public static void Write(ProfileReport report, string by, IReadOnlyList<ProfilePart> parts, int limit, Stream destination)
    {
        using var json = new Utf8JsonWriter(destination, JsonText.Options);
        json.WriteStartObject();
        WriteHead(json, report);
        json.WriteString("by", by);
        json.WriteStartArray("parts");
        foreach (ProfilePart part in parts)
        {
            json.WriteStartObject();
            json.WriteString("name", part.Name);
            json.WriteNumber("samples", part.Weight);
            if (part.States.Count > 0)
            {
                json.WriteStartObject("states");
                foreach ((string state, long weight) in part.States.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteNumber(state, weight);
                }

                json.WriteEndObject();
            }

            WriteRows(json, "functions", part.Report.Functions.Take(limit));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>One function with callers and callees.</summary>
    public static void Write(ProfileReport report, FunctionReport function, int limit, Stream destination)
    {
        using var json = new Utf8JsonWriter(destination, JsonText.Options);
        json.WriteStartObject();
        WriteHead(json, report);
        json.WriteStartArray("matches");
        foreach (CallSite site in function.Sites)
        {
            json.WriteStartObject();
            WriteSite(json, site);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("own", function.Own);
        json.WriteNumber("total", function.Total);
        WriteCalls(json, "callers", function.Callers.Take(limit));
        WriteCalls(json, "callees", function.Callees.Take(limit));
        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, ProfileReport report)
    {
        json.WriteNumber("samples", report.TotalWeight);
        json.WriteNumber("seconds_per_sample", report.Interval.TotalSeconds);
        json.WriteString("mode", report.Profile.Circumstances.Mode);
    }

    private static void WriteRows(Utf8JsonWriter json, string name, IEnumerable<ReportRow> rows)
    {
        json.WriteStartArray(name);
        foreach (ReportRow row in rows)
        {
            json.WriteStartObject();
            WriteSite(json, row.Site);
            json.WriteNumber("own", row.Own);
            json.WriteNumber("total", row.Total);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCalls(Utf8JsonWriter json, string name, IEnumerable<CallWeight> calls)
    {
        json.WriteStartArray(name);
        foreach (CallWeight call in calls)
        {
            json.WriteStartObject();
            if (call.Site is { } site)
            {
                WriteSite(json, site);
            }
            else
            {
                json.WriteNull("function");
            }

            json.WriteNumber("samples", call.Weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSite(Utf8JsonWriter json, CallSite site)
    {
        json.WriteString("function", site.Name);
        json.WriteString("qualified_name", site.QualifiedName);
        json.WriteString("file", site.FileName);
        json.WriteNumber("first_line", site.FirstLineNumber);
        if (site.LineNumber > 0)
        {
            json.WriteNumber("line", site.LineNumber);
        }
    }
}
