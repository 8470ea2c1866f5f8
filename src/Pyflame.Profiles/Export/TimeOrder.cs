namespace Pyflame.Profiles.Export;

/// <summary>What formats that show time need of a profile.</summary>
internal static class TimeOrder
{
    /// <summary>The samples in time order.</summary>
    /// <exception cref="ProfileFormatException">The profile holds only counts.</exception>
    public static SampleLog Require(Profile profile, string format) => profile.Samples ?? throw new ProfileFormatException(
        $"the profile holds only how often each stack was seen, and {format} needs the samples in time order",
        "Record into a .pyflame file, or write a format without time such as collapsed, pprof or flamegraph");

    /// <summary>A moment in whole microseconds since 1970 in UTC.</summary>
    public static long MicrosecondsSinceEpoch(DateTimeOffset moment) =>
        (moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
