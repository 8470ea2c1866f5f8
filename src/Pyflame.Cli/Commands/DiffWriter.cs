using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pyflame.Cli.Commands;

/// <summary>Writes what changed from one profile to another, as a table, JSON or collapsed stacks.</summary>
internal static class DiffWriter
{
    /// <summary>A table; what sampling alone explains is marked with <c>~</c>.</summary>
    public static string Table(ProfileDifference difference, int limit)
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"A: {ReportText.Samples(difference.Root.Before)}   B: {ReportText.Samples(difference.Root.After)}   (~ within sampling error)");
        text.AppendLine().AppendLine("  own A   own B   change    total A total B   change    function");
        foreach (DiffRow row in difference.Functions.Take(limit))
        {
            text.AppendLine($"{Cells(row.Own)}  {Cells(row.Total)}  {ReportText.Name(row.Site)}");
        }

        if (difference.Functions.Count > limit)
        {
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"  … and {difference.Functions.Count - limit} more ('--limit' shows more)"));
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>All functions as JSON; shares are from 0 to 1.</summary>
    public static void WriteJson(ProfileDifference difference, int limit, Stream destination)
    {
        using var json = new Utf8JsonWriter(destination, JsonText.Options);
        json.WriteStartObject();
        json.WriteNumber("samples_a", difference.Root.Before);
        json.WriteNumber("samples_b", difference.Root.After);
        json.WriteStartArray("functions");
        foreach (DiffRow row in difference.Functions.Take(limit))
        {
            json.WriteStartObject();
            json.WriteString("function", row.Site.Name);
            json.WriteString("qualified_name", row.Site.QualifiedName);
            json.WriteString("file", row.Site.FileName);
            WriteChange(json, "own", row.Own);
            WriteChange(json, "total", row.Total);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Collapsed stacks with two counts, A's and B's, as <c>difffolded.pl</c> writes and <c>flamegraph.pl</c> reads them.</summary>
    public static void WriteCollapsed(ProfileDifference difference, Stream destination)
    {
        using var writer = new StreamWriter(destination, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        var open = new Stack<(DiffNode Node, string Path)>();
        open.Push((difference.Root, string.Empty));
        while (open.TryPop(out (DiffNode Node, string Path) next))
        {
            if (next.Node.OwnBefore + next.Node.OwnAfter > 0)
            {
                string path = next.Path.Length == 0 ? "(no stack)" : next.Path;
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path} {next.Node.OwnBefore} {next.Node.OwnAfter}"));
            }

            foreach (DiffNode child in next.Node.Children.Reverse())
            {
                string label = Terminal.SafeText.OneLine(
                    child.Site.FileName.Length == 0 ? child.Site.Name : $"{child.Site.FileName}:{child.Site.QualifiedName}").Replace(';', ':');
                open.Push((child, next.Path.Length == 0 ? label : $"{next.Path};{label}"));
            }
        }
    }

    private static string Cells(ShareChange change) => string.Create(
        CultureInfo.InvariantCulture,
        $"{100 * change.BeforeShare,6:0.00}% {100 * change.AfterShare,6:0.00}% {100 * change.Difference,7:+0.00;-0.00;0.00} {(change.IsSignificant ? ' ' : '~')}");

    private static void WriteChange(Utf8JsonWriter json, string name, ShareChange change)
    {
        json.WriteStartObject(name);
        json.WriteNumber("a", change.Before);
        json.WriteNumber("b", change.After);
        json.WriteNumber("share_a", Math.Round(change.BeforeShare, 6));
        json.WriteNumber("share_b", Math.Round(change.AfterShare, 6));
        json.WriteBoolean("significant", change.IsSignificant);
        json.WriteEndObject();
    }
}
