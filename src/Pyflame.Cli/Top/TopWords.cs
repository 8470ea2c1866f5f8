using System.Globalization;
using System.Text;
using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Top;

/// <summary>Numbers and names as <c>pyflame top</c> words them.</summary>
internal static class TopWords
{
    private const char Cut = '…';

    /// <summary>A share as a percentage with one decimal: <c>93.4</c>.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0}");

    /// <summary>A share as a whole percentage: <c>93%</c>.</summary>
    public static string WholePercent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0}%");

    /// <summary>A time in at most seven characters: <c>12.34s</c>, <c>2m03s</c>, <c>1h02m</c>, <c>3d04h</c>.</summary>
    public static string Time(TimeSpan time) => time switch
    {
        { TotalSeconds: < 59.995 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00}s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}m{time.Seconds:00}s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Hours}h{time.Minutes:00}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalDays}d{time.Hours:00}h"),
    };

    /// <summary>A time in whole seconds: <c>12s</c>, <c>2m03s</c>.</summary>
    public static string WholeTime(TimeSpan time) => time.TotalSeconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalSeconds}s")
        : Time(time);

    /// <summary>A rate: <c>100</c>, <c>0.5</c>.</summary>
    public static string Rate(double rate) => rate < 10
        ? string.Create(CultureInfo.InvariantCulture, $"{rate:0.#}")
        : string.Create(CultureInfo.InvariantCulture, $"{rate:0}");

    /// <summary>How active threads were, and the GIL.</summary>
    public static string Activity(TopReport report, bool isShort)
    {
        double active = Math.Max(0, 1 - report.IdleShare - report.WaitingShare);
        string threads = string.Create(CultureInfo.InvariantCulture, $"{report.Threads} thread{(report.Threads == 1 ? "" : "s")}");
        threads += report.Processes > 1 ? string.Create(CultureInfo.InvariantCulture, $" of {report.Processes} processes") : string.Empty;
        return isShort
            ? $"{threads}: {WholePercent(active)} active  GIL {WholePercent(report.GilShare)}"
            : $"{threads}: {WholePercent(active)} active, {WholePercent(report.WaitingShare)} waiting for the GIL, "
                + $"{WholePercent(report.IdleShare)} idle   GIL held {WholePercent(report.GilShare)}";
    }

    /// <summary>How the sampling goes.</summary>
    public static string Sampling(TopReport report, bool isShort)
    {
        string rate = $"{Rate(report.RateReached)} of {Rate(report.RateAsked)} Hz";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(isShort ? string.Empty : "Rate ")}{rate}{(isShort ? "  " : "   ")}{report.Lost} lost, {report.Failed} failed");
    }

    /// <summary>
    /// A function and its place in no more columns than there are: its folders go first, then the file's name, then the line, the end of
    /// the function's name last.
    /// </summary>
    /// <param name="name">The function.</param>
    /// <param name="place">Its file and line, as <c>/srv/app.py:12</c>.</param>
    /// <param name="columns">How many columns there are.</param>
    /// <param name="isLine">Whether the row is that of a line, which its number then tells apart: the name's end goes before it.</param>
    public static (string Name, string Place) Fit(string name, string place, int columns, bool isLine)
    {
        string bracketed = place.Length == 0 ? string.Empty : name.Length == 0 ? place : $" ({place})";
        int nameWidth = DisplayWidth.Of(name);
        if (nameWidth + DisplayWidth.Of(bracketed) <= columns)
        {
            return (name, bracketed);
        }

        for (int slash = place.IndexOf('/'); slash >= 0; slash = place.IndexOf('/', slash + 1))
        {
            // A path that is cut begins with what is left of it, and its last part may stand alone.
            bool isLast = place.IndexOf('/', slash + 1) < 0;
            string shorter = $" ({(isLast ? place[(slash + 1)..] : Cut + place[slash..])})";
            if (nameWidth + DisplayWidth.Of(shorter) <= columns)
            {
                return (name, shorter);
            }
        }

        string line = place[Math.Max(0, place.LastIndexOf(':'))..];
        bool hasRoom = isLine ? columns >= 2 * line.Length : nameWidth + line.Length <= columns;
        return nameWidth > 0 && line.StartsWith(':') && hasRoom
            ? (CutEnd(name, columns - line.Length), line)
            : (CutEnd(name, columns), string.Empty);
    }

    /// <summary>A text in no more columns than there are, its end cut off.</summary>
    public static string CutEnd(string text, int columns)
    {
        if (DisplayWidth.Of(text) <= columns)
        {
            return text;
        }

        var cut = new StringBuilder();
        int width = 1;
        foreach (Rune character in text.EnumerateRunes())
        {
            if (DisplayWidth.Safe(character) is { } safe)
            {
                width += DisplayWidth.Of(safe);
                if (width > columns)
                {
                    break;
                }

                cut.Append(character.ToString());
            }
        }

        return columns > 0 ? cut.Append(Cut).ToString() : string.Empty;
    }
}
