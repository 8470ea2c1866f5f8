using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>What happened between two moments of a recording.</summary>
internal static class StatisticsDifference
{
    /// <summary>The statistics of the part of a recording after an earlier moment.</summary>
    public static RecordingStatistics Since(this RecordingStatistics now, RecordingStatistics before)
    {
        TimeSpan duration = now.Duration - before.Duration;
        double rounds = (now.RateReached * now.Duration.TotalSeconds) - (before.RateReached * before.Duration.TotalSeconds);
        return now with
        {
            Samples = now.Samples - before.Samples,
            Proven = now.Proven - before.Proven,
            Paused = now.Paused - before.Paused,
            Truncated = now.Truncated - before.Truncated,
            Lost = now.Lost - before.Lost,
            Late = now.Late - before.Late,
            Missed = now.Missed - before.Missed,
            Failed = now.Failed - before.Failed,
            Idle = now.Idle - before.Idle,
            Duration = duration,
            StoppedTime = now.StoppedTime - before.StoppedTime,
            RateReached = duration > TimeSpan.Zero ? rounds / duration.TotalSeconds : 0,
        };
    }
}
