using Pyflame.Cli.Terminal;
using Pyflame.Profiles;

namespace Pyflame.Tests.Cli;

public sealed class ProgressLineTests
{
    [Fact]
    public void The_line_has_time_samples_rate_and_errors() => Assert.Equal(
        "12.3 s  1234 samples  98 Hz  3 errors  (Ctrl-C ends and writes)",
        ProgressLine.Describe(new RecordingStatistics
        {
            Duration = TimeSpan.FromSeconds(12.34),
            Samples = 1234,
            RateReached = 98.2,
            Lost = 1,
            Failed = 2,
        }));
}
