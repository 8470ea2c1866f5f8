using System.Globalization;

namespace Pyflame.Profiles.Export.Pages;

/// <summary>
/// The colours of frames. A module has the same hue in every profile, since it comes from a hash of the module's name, and the
/// functions of a module differ a little in lightness.
/// </summary>
/// <remarks>
/// The colours are laid out in Oklch, where equal steps look equal, at one lightness for each theme, so that one colour of text
/// reads well on all of them (Björn Ottosson, "A perceptual color space for image processing", 2020).
/// </remarks>
internal static class PagePalette
{
    /// <summary>Remarks such as <c>(idle)</c>, and the root.</summary>
    public const int Neutral = 0;

    /// <summary>Processes, threads and tasks.</summary>
    public const int Structure = 1;

    private const int GarbageCollector = 2;
    private const int FirstNative = 3;
    private const int FirstModule = FirstNative + Shades;
    private const int Shades = 3;
    private const int Hues = 24;

    /// <summary>The text on any of the colours of the light theme.</summary>
    public const string LightText = "#1c1917";

    /// <summary>The text on any of the colours of the dark theme.</summary>
    public const string DarkText = "#fafaf9";

    /// <summary>The colours on a light page, as <c>#rrggbb</c>.</summary>
    public static IReadOnlyList<string> Light { get; } = Colors(dark: false);

    /// <summary>The colours on a dark page, index by index the same as <see cref="Light"/>.</summary>
    public static IReadOnlyList<string> Dark { get; } = Colors(dark: true);

    /// <summary>The index of a frame's colour.</summary>
    /// <param name="kind">What the frame stands for.</param>
    /// <param name="group">The group of its file (<see cref="FileLabels.Group"/>).</param>
    /// <param name="name">Its name.</param>
    public static int IndexOf(FrameKind kind, string group, string name)
    {
        int shade = (int)(Hash(name) % Shades);
        return kind switch
        {
            FrameKind.Marker => Neutral,
            FrameKind.Process or FrameKind.Thread or FrameKind.Task or FrameKind.Tag => Structure,
            FrameKind.GarbageCollector => GarbageCollector,
            FrameKind.Native => FirstNative + shade,
            _ => FirstModule + ((int)(Hash(group.Length == 0 ? name : group) % Hues) * Shades) + shade,
        };
    }

    // FNV-1a, then mixed: the low bits of FNV alone depend on the low bits of the letters alone.
    private static uint Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char character in text)
        {
            hash = unchecked((hash ^ character) * 16777619);
        }

        hash ^= hash >> 15;
        hash = unchecked(hash * 0x2c1b3c6d);
        return hash ^ (hash >> 13);
    }

    private static string[] Colors(bool dark)
    {
        double middle = dark ? 0.43 : 0.845;
        double step = dark ? 0.028 : 0.027;
        var colors = new List<string>
        {
            Color(dark ? 0.35 : 0.90, 0.004, 80),
            Color(dark ? 0.38 : 0.88, 0.022, 255),
            Color(middle, 0.06, 330),
        };
        for (int shade = 0; shade < Shades; shade++)
        {
            colors.Add(Color(middle + ((shade - 1) * step), 0.022, 250));
        }

        for (int hue = 0; hue < Hues; hue++)
        {
            for (int shade = 0; shade < Shades; shade++)
            {
                colors.Add(Color(middle + ((shade - 1) * step), dark ? 0.095 : 0.098, 15 + (hue * 360.0 / Hues)));
            }
        }

        return [.. colors];
    }

    private static string Color(double lightness, double chroma, double hue)
    {
        // Outside of what a screen shows, chroma is what gives way.
        while (true)
        {
            (double red, double green, double blue) = ToLinear(lightness, chroma, hue);
            if (Math.Min(red, Math.Min(green, blue)) >= 0 && Math.Max(red, Math.Max(green, blue)) <= 1)
            {
                return string.Create(CultureInfo.InvariantCulture, $"#{Byte(red):x2}{Byte(green):x2}{Byte(blue):x2}");
            }

            chroma *= 0.98;
        }
    }

    private static (double Red, double Green, double Blue) ToLinear(double lightness, double chroma, double hue)
    {
        double a = chroma * Math.Cos(hue * Math.PI / 180);
        double b = chroma * Math.Sin(hue * Math.PI / 180);
        double l = Math.Pow(lightness + (0.3963377774 * a) + (0.2158037573 * b), 3);
        double m = Math.Pow(lightness - (0.1055613458 * a) - (0.0638541728 * b), 3);
        double s = Math.Pow(lightness - (0.0894841775 * a) - (1.2914855480 * b), 3);
        return (
            (4.0767416621 * l) - (3.3077115913 * m) + (0.2309699292 * s),
            (-1.2684380046 * l) + (2.6097574011 * m) - (0.3413193965 * s),
            (-0.0041960863 * l) - (0.7034186147 * m) + (1.7076147010 * s));
    }

    // The transfer function of sRGB (IEC 61966-2-1).
    private static int Byte(double linear) =>
        (int)Math.Round(255 * (linear <= 0.0031308 ? 12.92 * linear : (1.055 * Math.Pow(linear, 1 / 2.4)) - 0.055));
}
