using System.Globalization;
using System.Text;

namespace Pyflame.Profiles.Export.Pages;

/// <summary>Draws the boxes row by row, for viewers that run no scripts.</summary>
internal sealed class SvgRows
{
    private const double RowHeight = 18;
    private const double BoxHeight = 17;

    // Below the first a box has no text and no tooltip and shares its element with its neighbours; below the second, boxes that
    // touch are drawn as one.
    private const double SmallestLabelled = 4;
    private const double SmallestApart = 0.5;

    // The width of a letter of a monospaced font of 11 pixels.
    private const double LetterWidth = 6.63;

    private readonly FlameLayout _layout;
    private readonly IReadOnlyList<SvgSite> _sites;
    private readonly long _total;
    private readonly TimeSpan _interval;
    private readonly double _scale;
    private readonly bool _icicle;

    /// <summary>Takes what is to be drawn.</summary>
    /// <param name="layout">The boxes.</param>
    /// <param name="sites">What they say, by site.</param>
    /// <param name="total">The weight of the whole profile.</param>
    /// <param name="interval">What a weight of 1 stands for; zero where it is not known.</param>
    /// <param name="width">The width of the root, in pixels.</param>
    /// <param name="icicle">Whether the root is at the top.</param>
    public SvgRows(FlameLayout layout, IReadOnlyList<SvgSite> sites, long total, TimeSpan interval, double width, bool icicle)
    {
        _layout = layout;
        _sites = sites;
        _total = total;
        _interval = interval;
        _scale = total > 0 ? width / total : 0;
        _icicle = icicle;
    }

    /// <summary>The height of all rows, in pixels.</summary>
    public double Height => (_layout.Deepest + 1) * RowHeight;

    /// <summary>Writes a group for each row that has boxes.</summary>
    public void Write(TextWriter writer)
    {
        if (_total == 0)
        {
            return;
        }

        foreach (IGrouping<int, FlameBox> row in _layout.Boxes.GroupBy(box => box.Depth).OrderBy(row => row.Key))
        {
            double y = _icicle ? row.Key * RowHeight : Height - ((row.Key + 1) * RowHeight);
            writer.Write($"<g transform=\"translate(0 {SvgFlameGraph.Number(y)})\">\n");
            WriteRow(writer, row);
            writer.Write("</g>\n");
        }
    }

    /// <summary>The text cut to a width, with an ellipsis where something is missing; empty where not even two letters fit.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The room for it, in pixels.</param>
    /// <param name="letterWidth">The width of a letter.</param>
    public static string Fit(string text, double width, double letterWidth)
    {
        double cells = Math.Floor(width / letterWidth);
        if (Cells(text) <= cells)
        {
            return text;
        }

        var fitted = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            cells -= CellsOf(rune);
            if (cells < 1)
            {
                break;
            }

            fitted.Append(rune.ToString());
        }

        return fitted.Length < 2 ? string.Empty : fitted.Append('…').ToString();
    }

    private void WriteRow(TextWriter writer, IEnumerable<FlameBox> boxes)
    {
        var small = new SortedDictionary<int, StringBuilder>();
        double runStart = 0;
        double runEnd = -1;
        int runColor = 0;
        foreach (FlameBox box in boxes)
        {
            double x = box.Start * _scale;
            double width = box.Total * _scale;
            int color = box.Site < 0 ? PagePalette.Neutral : _sites[box.Site].Color;
            if (width >= SmallestLabelled)
            {
                WriteBox(writer, box, x, width, color);
            }
            else if (width >= SmallestApart)
            {
                AddSmall(small, color, x, Math.Max(0.3, width - 0.3));
            }
            else if (runEnd >= 0 && x - runEnd < SmallestApart)
            {
                runEnd = x + width;
            }
            else
            {
                FlushRun();
                (runStart, runEnd, runColor) = (x, x + width, color);
            }
        }

        FlushRun();
        foreach ((int color, StringBuilder path) in small)
        {
            writer.Write($"<path class=\"c{SvgFlameGraph.Number(color)}\" d=\"{path}\"/>\n");
        }

        void FlushRun()
        {
            if (runEnd >= 0)
            {
                AddSmall(small, runColor, runStart, Math.Max(0.1, runEnd - runStart));
            }
        }
    }

    private static void AddSmall(SortedDictionary<int, StringBuilder> small, int color, double x, double width)
    {
        if (!small.TryGetValue(color, out StringBuilder? path))
        {
            small.Add(color, path = new StringBuilder());
        }

        path.Append(CultureInfo.InvariantCulture, $"M{x:0.##} 0h{width:0.##}v{BoxHeight}h-{width:0.##}z");
    }

    private void WriteBox(TextWriter writer, FlameBox box, double x, double width, int color)
    {
        SvgSite? site = box.Site < 0 ? null : _sites[box.Site];
        string name = site?.Name ?? $"all — {PageText.Count(box.Total)} samples";
        string time = _interval > TimeSpan.Zero ? $" · {PageText.Duration(box.Total * _interval)}" : string.Empty;
        string place = site is null or { FullPlace.Length: 0 } ? string.Empty : $" ({site.FullPlace})";
        writer.Write("<g><title>");
        writer.Write(PageText.Markup($"{site?.FullName ?? "all"}{place}"));
        writer.Write(PageText.Markup(
            $" — {PageText.Count(box.Total)} samples · {PageText.Share(box.Total, _total)}{time}, own {PageText.Share(box.Own, _total)}"));
        writer.Write("</title>");
        writer.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"<rect class=\"c{color}\" x=\"{x:0.##}\" width=\"{width - 0.6:0.##}\" height=\"{BoxHeight}\" rx=\"2\"/>"));

        string shown = Fit(name, width - 9, LetterWidth);
        if (shown.Length > 0)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"<text x=\"{x + 5:0.##}\" y=\"12.5\">{PageText.Markup(shown)}"));
            if (site is { Place.Length: > 0 } && Cells(name) + Cells(site.Place) + 1 <= (width - 9) / LetterWidth)
            {
                writer.Write($" <tspan class=\"place\">{PageText.Markup(site.Place)}</tspan>");
            }

            writer.Write("</text>");
        }

        writer.Write("</g>\n");
    }

    private static int Cells(string text)
    {
        int cells = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            cells += CellsOf(rune);
        }

        return cells;
    }

    // East Asian letters and pictographs take two cells, marks that combine with a letter none.
    private static int CellsOf(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
        {
            return 0;
        }

        return rune.Value is (>= 0x1100 and <= 0x115f) or (>= 0x2e80 and <= 0xa4cf) or (>= 0xac00 and <= 0xd7a3)
            or (>= 0xf900 and <= 0xfaff) or (>= 0xfe30 and <= 0xfe6f) or (>= 0xff00 and <= 0xff60) or (>= 0xffe0 and <= 0xffe6)
            or (>= 0x1f300 and <= 0x1faff) or (>= 0x20000 and <= 0x3fffd) ? 2 : 1;
    }
}
