using System.Globalization;

namespace Pyflame.Bench.Reporting;

/// <summary>Numbers as tables show them.</summary>
internal static class Format
{
    /// <summary>A whole number with groups.</summary>
    public static string Count(double value) => double.IsNaN(value) ? "-" : value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number with decimals.</summary>
    public static string Fixed(double value, int decimals = 2) =>
        double.IsNaN(value) ? "-" : value.ToString($"F{decimals}", CultureInfo.InvariantCulture);

    /// <summary>A number of percents, itself between 0 and 100.</summary>
    public static string Percent(double value, int decimals = 1) => double.IsNaN(value) ? "-" : $"{Fixed(value, decimals)} %";

    /// <summary>One number as a multiple of another.</summary>
    public static string Ratio(double value, double of) => of > 0 ? $"{Fixed(value / of)} ×" : "-";
}
