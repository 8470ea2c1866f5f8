using System.Globalization;
using System.Security;
using System.Text;
using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Commands;

/// <summary>
/// A differential flame graph in SVG: as wide as in profile B, red where the share grew from A to B, blue where it shrank, grey where
/// sampling alone explains the change. The browser shows the numbers of the box that the pointer is on.
/// </summary>
internal static class DiffFlameGraph
{
    private const double Width = 1200;
    private const double Margin = 10;
    private const double RowHeight = 17;
    private const double Top = 60;
    private const double NarrowestBox = 0.2;
    private const double CharacterWidth = 7.3;
    private const int DeepestRow = 500;

    // A change by this much of all time is as red or blue as it gets.
    private const double FullColour = 0.1;

    /// <summary>Writes the picture.</summary>
    public static void Write(ProfileDifference difference, string title, Stream destination)
    {
        var boxes = new StringBuilder();
        int deepest = Draw(difference, boxes);
        double height = Top + ((deepest + 1) * RowHeight) + Margin;
        using var writer = new StreamWriter(destination, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        writer.WriteLine($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Text(Width)}\" height=\"{Text(height)}\" viewBox=\"0 0 {Text(Width)} {Text(height)}\">");
        writer.WriteLine("<style>svg{background:#fff}text{font:12px monospace;fill:#111}.title{font-size:16px}rect{stroke:#fff;stroke-width:.5}g:hover rect{stroke:#000}</style>");
        writer.WriteLine($"<text class=\"title\" x=\"{Text(Margin)}\" y=\"24\">{Escape(title)}</text>");
        writer.WriteLine($"<text x=\"{Text(Margin)}\" y=\"44\">wide as in B; red: more than in A, blue: less, grey: within sampling error</text>");
        writer.Write(boxes);
        writer.WriteLine("</svg>");
    }

    private static int Draw(ProfileDifference difference, StringBuilder boxes)
    {
        int deepest = 0;
        double scale = difference.Root.After == 0 ? 0 : (Width - (2 * Margin)) / difference.Root.After;
        var open = new Stack<(DiffNode Node, double Left, int Depth)>();
        open.Push((difference.Root, Margin, 0));
        while (open.TryPop(out (DiffNode Node, double Left, int Depth) next))
        {
            deepest = Math.Max(deepest, next.Depth);
            AppendBox(boxes, difference, next.Node, next.Left, next.Depth, next.Node.After * scale);
            double left = next.Left;
            foreach (DiffNode child in next.Node.Children)
            {
                double width = child.After * scale;
                if (width >= NarrowestBox && next.Depth < DeepestRow)
                {
                    open.Push((child, left, next.Depth + 1));
                }

                left += width;
            }
        }

        return deepest;
    }

    private static void AppendBox(StringBuilder boxes, ProfileDifference difference, DiffNode node, double left, int depth, double width)
    {
        var change = new ShareChange(node.Before, difference.Root.Before, node.After, difference.Root.After);
        string name = depth == 0 ? "all" : ReportText.Name(node.Site);
        string tip = string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: A {100 * change.BeforeShare:0.00} %, B {100 * change.AfterShare:0.00} %, change {100 * change.Difference:+0.00;-0.00;0.00} points{(change.IsSignificant ? string.Empty : " (within sampling error)")}");
        double y = Top + (depth * RowHeight);
        boxes.Append("<g><title>").Append(Escape(tip)).Append("</title>");
        boxes.Append($"<rect x=\"{Text(left)}\" y=\"{Text(y)}\" width=\"{Text(width)}\" height=\"{Text(RowHeight - 1)}\" fill=\"{Colour(change)}\"/>");
        int fitting = (int)((width - 6) / CharacterWidth);
        if (fitting >= 3)
        {
            string label = name.Length <= fitting ? name : name[..(fitting - 1)] + "…";
            boxes.Append($"<text x=\"{Text(left + 3)}\" y=\"{Text(y + 12)}\">{Escape(label)}</text>");
        }

        boxes.AppendLine("</g>");
    }

    private static string Colour(ShareChange change)
    {
        if (!change.IsSignificant)
        {
            return "#ddd";
        }

        int pale = 225 - (int)(Math.Min(1, Math.Abs(change.Difference) / FullColour) * 140);
        return change.Difference > 0 ? $"rgb(255,{pale},{pale})" : $"rgb({pale},{pale},255)";
    }

    private static string Escape(string text) => SecurityElement.Escape(SafeText.OneLine(text));

    private static string Text(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
