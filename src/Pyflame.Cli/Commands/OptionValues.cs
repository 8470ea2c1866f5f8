using System.Globalization;

namespace Pyflame.Cli.Commands;

/// <summary>The values of options as users write them.</summary>
internal static class OptionValues
{
    private const double MaximumSeconds = 1e9;
    private const double MinimumHertz = 0.001;
    private const double MaximumHertz = 100_000;

    private static readonly (string Unit, double Seconds)[] s_timeUnits = [("ms", 0.001), ("s", 1), ("m", 60), ("min", 60), ("h", 3600), ("d", 86400)];

    /// <summary>A time: seconds, or a number with its unit; null where it is neither. <c>90</c>, <c>1.5h</c>, <c>500ms</c>.</summary>
    public static TimeSpan? ParseTime(string text)
    {
        double unit = 1;
        string number = text;
        foreach ((string name, double seconds) in s_timeUnits)
        {
            if (text.EndsWith(name, StringComparison.OrdinalIgnoreCase) && text.Length > name.Length
                && !char.IsAsciiLetter(text[^(name.Length + 1)]))
            {
                unit = seconds;
                number = text[..^name.Length];
            }
        }

        return TryParse(number, out double value) && value * unit <= MaximumSeconds ? TimeSpan.FromSeconds(value * unit) : null;
    }

    /// <summary>A rate in samples a second; null where it is none. <c>100</c>, <c>250hz</c>, <c>1khz</c>.</summary>
    public static double? ParseRate(string text)
    {
        double unit = 1;
        string number = text;
        if (text.EndsWith("khz", StringComparison.OrdinalIgnoreCase))
        {
            (unit, number) = (1000, text[..^3]);
        }
        else if (text.EndsWith("hz", StringComparison.OrdinalIgnoreCase))
        {
            number = text[..^2];
        }

        return TryParse(number, out double value) && value * unit is >= MinimumHertz and <= MaximumHertz ? value * unit : null;
    }

    /// <summary>A whole number above 0, such as a process id; null where it is none.</summary>
    public static int? ParsePositive(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;

    private static bool TryParse(string text, out double value) => double.TryParse(
        text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
