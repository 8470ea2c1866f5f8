using Pyflame.Cli.Commands;
using Pyflame.Profiles;

namespace Pyflame.Tests.Cli;

public sealed class StatisticsDifferenceTests
{
    [Fact]
    public void A_part_has_its_own_counts_and_rate()
    {
        var before = new RecordingStatistics { Samples = 100, Lost = 3, Duration = TimeSpan.FromSeconds(1), RateReached = 100 };
        var now = new RecordingStatistics { Samples = 250, Lost = 4, Duration = TimeSpan.FromSeconds(3), RateReached = 80, Mode = "auto" };

        RecordingStatistics part = now.Since(before);

        Assert.Equal(150, part.Samples);
        Assert.Equal(1, part.Lost);
        Assert.Equal(TimeSpan.FromSeconds(2), part.Duration);
        Assert.Equal(70, part.RateReached, 9);
        Assert.Equal("auto", part.Mode);
    }
}
