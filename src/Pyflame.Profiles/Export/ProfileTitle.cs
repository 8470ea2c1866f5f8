using System.Globalization;

namespace Pyflame.Profiles.Export;

/// <summary>A title for formats that show one.</summary>
internal static class ProfileTitle
{
    /// <summary>What was profiled, and when.</summary>
    public static string Of(Profile profile)
    {
        string what = profile.Processes.Count == 0 ? "pyflame"
            : profile.Processes[0].CommandLine.Length > 0 ? profile.Processes[0].CommandLine
            : profile.Processes[0].Label;
        return string.Create(CultureInfo.InvariantCulture, $"{what}, {profile.Circumstances.StartUtc:yyyy-MM-dd HH:mm:ss} UTC");
    }
}
