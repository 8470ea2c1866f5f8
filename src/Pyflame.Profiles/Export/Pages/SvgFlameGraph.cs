using System.Globalization;

namespace Pyflame.Profiles.Export.Pages;

/// <summary>Draws a flame graph as an SVG document.</summary>
internal sealed class SvgFlameGraph
{
    private const double Width = 1200;
    private const double Margin = 10;
    private const double SmallestBox = 0.1;
    private const int DeepestBox = 1000;

    private static readonly string[] s_scripts = ["numbers.js", "search.js", "svg-boxes.js", "svg-controls.js", "svg-flamegraph.js"];

    private readonly CallTree _tree;
    private readonly ProfileSummary _summary;
    private readonly ExportOptions _options;
    private readonly FlameLayout _layout;
    private readonly SvgSite[] _sites;

    /// <summary>Lays out the boxes.</summary>
    public SvgFlameGraph(CallTree tree, ProfileSummary summary, ExportOptions options)
    {
        _tree = tree;
        _summary = summary;
        _options = options;
        _layout = new FlameLayout(tree, tree.TotalWeight * SmallestBox / (Width - (2 * Margin)), DeepestBox);
        _sites = SvgSite.From(tree.Sites, options);
    }

    /// <summary>Writes the document.</summary>
    public void Write(TextWriter writer)
    {
        var rows = new SvgRows(_layout, _sites, _tree.TotalWeight, _summary.Interval, Width - (2 * Margin), _options.Icicle);
        List<string> notes = Notes();
        double top = 58 + (notes.Count * 18);
        double height = top + rows.Height + Margin;
        EmbeddedText.Fill(EmbeddedText.Read("flamegraph.svg"), writer, name =>
        {
            switch (name)
            {
                case "width":
                    writer.Write(Number(Width));
                    break;
                case "height":
                    writer.Write(Number(height));
                    break;
                case "top":
                    writer.Write(Number(top));
                    break;
                case "margin":
                    writer.Write(Number(Margin));
                    break;
                case "title":
                    writer.Write(PageText.Markup(_summary.Title));
                    break;
                case "shortTitle":
                    writer.Write(PageText.Markup(SvgRows.Fit(PageText.Visible(_summary.Title), Width - 60, 9.1)));
                    break;
                case "facts":
                    writer.Write(PageText.Markup(string.Join("; ", _summary.Facts.Select(fact => $"{fact.Name}: {fact.Value}"))));
                    break;
                case "highlights":
                    writer.Write(PageText.Markup(string.Join(" · ", _summary.Highlights)));
                    break;
                case "notes":
                    WriteNotes(writer, notes);
                    break;
                case "style":
                    writer.Write(EmbeddedText.Read("flamegraph.css"));
                    SvgPalette.Write(writer, _sites.Select(site => site.Color));
                    break;
                case "rows":
                    rows.Write(writer);
                    break;
                case "data":
                    SvgData.Write(writer, _layout, _sites, _summary, _options.Icicle);
                    break;
                case "script":
                    writer.Write("(() => {\n\"use strict\";\n");
                    foreach (string script in s_scripts)
                    {
                        writer.Write(EmbeddedText.Read(script));
                    }

                    writer.Write("})();\n");
                    break;
                default:
                    throw new InvalidOperationException($"The template has a place '{name}' that nothing fills.");
            }
        });
    }

    /// <summary>A number with at most two decimals.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private List<string> Notes()
    {
        List<string> notes = [.. _summary.Warnings.Take(2)];
        if (_summary.TotalWeight == 0)
        {
            notes.Add("There are no samples.");
        }

        if (_layout.TooDeep > 0)
        {
            notes.Add($"Frames deeper than {PageText.Count(DeepestBox)} are not drawn.");
        }

        return notes;
    }

    private static void WriteNotes(TextWriter writer, List<string> notes)
    {
        for (int index = 0; index < notes.Count; index++)
        {
            writer.Write($"<text class=\"note\" x=\"{Number(Margin)}\" y=\"{Number(62 + (index * 18))}\">");
            writer.Write(PageText.Markup(notes[index]));
            writer.Write("</text>\n");
        }
    }
}
