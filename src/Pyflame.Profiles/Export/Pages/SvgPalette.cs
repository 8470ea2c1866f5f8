namespace Pyflame.Profiles.Export.Pages;

/// <summary>Writes the style rules of the colours that a picture uses.</summary>
internal static class SvgPalette
{
    /// <summary>Writes a rule <c>.c7</c> for each colour, and again for readers who like it dark.</summary>
    public static void Write(TextWriter writer, IEnumerable<int> used)
    {
        int[] colors = [.. used.Append(PagePalette.Neutral).Distinct().Order()];
        WriteRules(writer, colors, PagePalette.Light, PagePalette.LightText);
        writer.Write("@media screen and (prefers-color-scheme: dark) {\n");
        WriteRules(writer, colors, PagePalette.Dark, PagePalette.DarkText);
        writer.Write("}\n");
    }

    private static void WriteRules(TextWriter writer, int[] colors, IReadOnlyList<string> palette, string text)
    {
        writer.Write($"#frames text {{ fill: {text}; }}\n");
        foreach (int color in colors)
        {
            writer.Write($".c{SvgFlameGraph.Number(color)} {{ fill: {palette[color]}; }}\n");
        }
    }
}
