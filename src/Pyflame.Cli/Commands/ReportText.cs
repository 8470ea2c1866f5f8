using System.Globalization;
using System.Text;
using Pyflame.Cli.Terminal;
using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>Reports as tables.</summary>
internal static class ReportText
{
    /// <summary>The hottest functions and lines.</summary>
    public static string OfProfile(ProfileReport report, int limit)
    {
        var text = new StringBuilder(Head(report)).AppendLine();
        if (report.Processes.Count > 1)
        {
            text.AppendLine().AppendLine("Processes").AppendLine("      %      time  process");
            foreach ((ProfiledProcess process, long weight) in report.Processes.Take(limit))
            {
                text.AppendLine($"{Share(report, weight)}  {Time(report, weight)}  {SafeText.OneLine(process.Label)}");
            }

            AppendRest(text, report.Processes.Count - limit);
        }

        text.AppendLine().AppendLine("Functions").AppendLine("  own %  total %       own     total  function");
        AppendRows(text, report, report.Functions, limit);
        text.AppendLine().AppendLine("Lines").AppendLine("  own %  total %       own     total  line");
        AppendRows(text, report, report.Lines, limit);
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>The parts of a profile, each with its hottest functions.</summary>
    public static string OfParts(ProfileReport report, string by, IReadOnlyList<ProfilePart> parts, int limit)
    {
        var text = new StringBuilder(Head(report)).AppendLine().AppendLine();
        text.AppendLine(by == "thread" ? "      %       time   GIL %  wait %  thread" : "      %       time  state");
        foreach (ProfilePart part in parts)
        {
            string gil = by != "thread" ? string.Empty : string.Create(
                CultureInfo.InvariantCulture,
                $"{100 * (part.Share(SampleStates.HoldingGil) + part.Share("collecting garbage")),7:0.0} {100 * part.Share(SampleStates.WaitingForGil),7:0.0}");
            text.AppendLine($"{Share(report, part.Weight)}  {Time(report, part.Weight)} {gil} {SafeText.OneLine(part.Name)}");
        }

        if (by == "thread")
        {
            text.AppendLine().AppendLine("GIL % and wait % are of the thread's own samples: it held the GIL, it waited for it.");
        }

        foreach (ProfilePart part in parts)
        {
            text.AppendLine().AppendLine(SafeText.OneLine(part.Name)).AppendLine("  own %  total %       own     total  function");
            AppendRows(text, report, part.Report.Functions, limit);
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>One function with callers and callees.</summary>
    public static string OfFunction(ProfileReport report, FunctionReport function, int limit)
    {
        var text = new StringBuilder(Head(report)).AppendLine().AppendLine();
        foreach (CallSite site in function.Sites)
        {
            text.AppendLine(Name(site));
        }

        text.AppendLine($"  own   {Share(report, function.Own)} {Time(report, function.Own)}");
        text.AppendLine($"  total {Share(report, function.Total)} {Time(report, function.Total)}");
        text.AppendLine().AppendLine("Called by (adds up to its total)");
        AppendCalls(text, report, function.Callers, limit, "(nobody: the stack begins here)");
        text.AppendLine().AppendLine("Calls (adds up, with its own, to its total)");
        AppendCalls(text, report, function.Callees, limit, string.Empty);
        if (function.Callees.Count == 0)
        {
            text.AppendLine("  nothing");
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>A function or line as tables name it: <c>work (app.py:12)</c>.</summary>
    public static string Name(CallSite site)
    {
        int line = site.LineNumber > 0 ? site.LineNumber : site.FirstLineNumber;
        string place = site.FileName.Length == 0 ? string.Empty
            : line > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({site.FileName}:{line})")
            : $" ({site.FileName})";
        return SafeText.OneLine(site.QualifiedName + place);
    }

    /// <summary>A number of samples: <c>1 sample</c>, <c>283 samples</c>.</summary>
    public static string Samples(long count) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "sample" : "samples")}");

    private static string Head(ProfileReport report)
    {
        Circumstances circumstances = report.Profile.Circumstances;
        string duration = report.Profile.Statistics is { } statistics
            ? string.Create(CultureInfo.InvariantCulture, $" in {statistics.Duration.TotalSeconds:0.0} s") : string.Empty;
        string process = report.Profile.Processes.Count == 0 ? string.Empty
            : $"{report.Profile.Processes[0].Label} (Python {report.Profile.Processes[0].PythonVersion})\n";
        return SafeText.Lines(process) + string.Create(
            CultureInfo.InvariantCulture,
            $"{Samples(report.TotalWeight)} of {report.Profile.Threads.Count} {(report.Profile.Threads.Count == 1 ? "thread" : "threads")}{duration}, {circumstances.RateHertz:0.###} Hz, mode {circumstances.Mode}");
    }

    private static void AppendRows(StringBuilder text, ProfileReport report, IReadOnlyList<ReportRow> rows, int limit)
    {
        foreach (ReportRow row in rows.Take(limit))
        {
            text.AppendLine($"{Share(report, row.Own)}  {Share(report, row.Total)}  {Time(report, row.Own)}  {Time(report, row.Total)}  {Name(row.Site)}");
        }

        AppendRest(text, rows.Count - limit);
    }

    private static void AppendCalls(StringBuilder text, ProfileReport report, IReadOnlyList<CallWeight> calls, int limit, string nobody)
    {
        foreach (CallWeight call in calls.Take(limit))
        {
            text.AppendLine($"{Share(report, call.Weight)}  {Time(report, call.Weight)}  {(call.Site is { } site ? Name(site) : nobody)}");
        }

        AppendRest(text, calls.Count - limit);
    }

    private static void AppendRest(StringBuilder text, int count)
    {
        if (count > 0)
        {
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"  … and {count} more ('--limit' shows more)"));
        }
    }

    private static string Share(ProfileReport report, long weight) => string.Create(
        CultureInfo.InvariantCulture, $"{(report.TotalWeight == 0 ? 0 : 100.0 * weight / report.TotalWeight),7:0.00}");

    private static string Time(ProfileReport report, long weight) => string.Create(
        CultureInfo.InvariantCulture, $"{report.Interval.TotalSeconds * weight,6:0.00} s");
}
