using System.Globalization;
using System.Text;
using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Top;

/// <summary>A picture in plain text, for files and pipes: no cut names and no control characters.</summary>
internal static class TopText
{
    /// <summary>The whole picture, each line with its end.</summary>
    /// <param name="report">What to show.</param>
    /// <param name="state">How.</param>
    /// <param name="rows">The most rows of the table.</param>
    public static string Write(TopReport report, TopState state, int rows)
    {
        var text = new StringBuilder();
        string version = report.Version.Length == 0 ? "no Python yet" : $"Python {report.Version}";
        text.Append(CultureInfo.InvariantCulture, $"PID {report.ProcessId}  {version}  {TopWords.WholeTime(report.Uptime)}  {report.Command}\n");
        text.Append(TopWords.Activity(report, false)).Append('\n');
        text.Append(TopWords.Sampling(report, false)).Append('\n');
        bool apart = state.Grouping.IsApart;
        text.Append("  %Own  %Total   OwnTime  TotalTime  ").Append(apart ? state.Grouping.OwnerHeading + ": " : string.Empty);
        text.Append(state.Grouping.HasNoFunctions ? state.Grouping.OwnerHeading : "Function (file:line)").Append('\n');
        foreach (TopLine line in report.Lines.Take(rows))
        {
            text.Append(CultureInfo.InvariantCulture, $"{TopWords.Percent(line.OwnShare),6}{TopWords.Percent(line.TotalShare),8}");
            text.Append(CultureInfo.InvariantCulture, $"{TopWords.Time(line.OwnTime),10}{TopWords.Time(line.TotalTime),11}  ");
            text.Append(Name(line, apart)).Append('\n');
        }

        if (report.Note.Length > 0)
        {
            text.Append(report.Note).Append('\n');
        }

        return SafeText.Lines(text.ToString());
    }

    private static string Name(TopLine line, bool apart)
    {
        string place = line.Place.Length == 0 ? string.Empty : $" ({line.Place})";
        string name = (line.Name.Length == 0 ? line.Owner : line.Name) + place;
        return SafeText.OneLine(apart && line.Name.Length > 0 ? $"{line.Owner}: {name}" : name);
    }
}
