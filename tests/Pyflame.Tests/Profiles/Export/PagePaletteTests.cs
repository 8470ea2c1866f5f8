using System.Globalization;
using Pyflame.Profiles;
using Pyflame.Profiles.Export.Pages;

namespace Pyflame.Tests.Profiles.Export;

public sealed class PagePaletteTests
{
    [Fact]
    public void Text_reads_well_on_every_colour()
    {
        // WCAG 2.2, success criterion 1.4.3: at least 4.5 to 1.
        Assert.All(PagePalette.Light, color => Assert.InRange(Contrast(color, PagePalette.LightText), 7, 21));
        Assert.All(PagePalette.Dark, color => Assert.InRange(Contrast(color, PagePalette.DarkText), 4.5, 21));
    }

    [Fact]
    public void Both_themes_have_a_colour_for_every_index()
    {
        Assert.Equal(78, PagePalette.Light.Count);
        Assert.Equal(78, PagePalette.Dark.Count);
        Assert.Distinct(PagePalette.Light);
        Assert.Distinct(PagePalette.Dark);
    }

    [Fact]
    public void A_module_has_the_same_colour_in_every_profile()
    {
        Assert.Equal(PagePalette.IndexOf(FrameKind.Python, "json", "decode"), PagePalette.IndexOf(FrameKind.Python, "json", "decode"));
        Assert.Equal(17, Hue("json"));
        Assert.Equal(Hue("json"), (PagePalette.IndexOf(FrameKind.Python, "json", "encode") - 6) / 3);
        Assert.NotEqual(Hue("json"), Hue("requests"));
        Assert.Equal(PagePalette.Neutral, PagePalette.IndexOf(FrameKind.Marker, "", "(idle)"));
        Assert.Equal(PagePalette.Structure, PagePalette.IndexOf(FrameKind.Thread, "", "MainThread"));
    }

    private static int Hue(string group) => (PagePalette.IndexOf(FrameKind.Python, group, "decode") - 6) / 3;

    private static double Contrast(string a, string b)
    {
        double first = Luminance(a);
        double second = Luminance(b);
        return (Math.Max(first, second) + 0.05) / (Math.Min(first, second) + 0.05);
    }

    private static double Luminance(string color)
    {
        double[] parts = [.. new[] { 1, 3, 5 }.Select(at => Linear(int.Parse(color.AsSpan(at, 2), NumberStyles.HexNumber, null) / 255.0))];
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }

    private static double Linear(double value) => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
}
