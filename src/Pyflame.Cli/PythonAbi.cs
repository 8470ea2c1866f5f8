using System.Globalization;
using Pyflame.Python;

namespace Pyflame.Cli;

/// <summary>Python versions by the numbers that users of <c>--abi</c> know them by: 27 for 2.7, 311 for 3.11.</summary>
internal static class PythonAbi
{
    /// <summary>Every number there is, oldest first.</summary>
    public static IReadOnlyList<string> Numbers { get; } =
        ["26", "27", "31", "32", "33", "34", "35", "36", "37", "38", "39", "310", "311", "312", "313", "314", "315"];

    /// <summary>The version that a number stands for.</summary>
    public static bool TryParse(string number, out PythonVersion version)
    {
        version = default;
        foreach (string known in Numbers)
        {
            if (known == number)
            {
                version = new PythonVersion(known[0] - '0', int.Parse(known.AsSpan(1), CultureInfo.InvariantCulture));
                return true;
            }
        }

        return false;
    }
}
