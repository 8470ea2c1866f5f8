using System.Globalization;
using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;
using Pyflame.Recording;

namespace Pyflame.Bench.Commands;

/// <summary>
/// Records as <c>pyflame</c> does, from attaching to the collapsed output, with what the classic command line has no options for: the
/// mode, and as fast as it goes. How it went is written to a file of its own.
/// </summary>
internal static class RecordCommand
{
    public static int Run(IReadOnlyList<string> words)
    {
        var arguments = new Arguments(
            words, "pid", "seconds", "rate", "rounds", "jitter", "mode", "threads", "output", "statistics");
        double rate = arguments.Number("rate", 1000);
        double seconds = arguments.Number("seconds", 1);
        double rounds = arguments.Number("rounds", 0);
        var options = new RecordingOptions
        {
            Interval = rate > 0 ? TimeSpan.FromSeconds(1 / rate) : TimeSpan.Zero,
            Jitter = arguments.Number("jitter", 0) > 0,
            Duration = TimeSpan.FromSeconds(seconds),
            RoundLimit = rounds > 0 ? (long)rounds : null,
            Mode = Enum.Parse<SamplingMode>(arguments.Text("mode") ?? "Auto", ignoreCase: true),
            Threads = arguments.Text("threads") == "all" ? ThreadSelection.All : ThreadSelection.GilHolder,
        };
        var profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UtcNow, Mode = "bench", RateHertz = rate });
        var counts = new StackCounts();
        profile.Counts = counts;
        using TargetProcess target = TargetProcess.Attach(int.Parse(arguments.Required("pid"), CultureInfo.InvariantCulture));
        using var sampler = new Sampler(options, profile, counts);
        sampler.Attach(target);
        RecordingStatistics statistics = sampler.Run();
        using (FileStream output = File.Create(arguments.Required("output")))
        {
            new CollapsedWriter().Write(profile, output, ExportOptions.Default);
        }

        if (arguments.Text("statistics") is { } path)
        {
            File.WriteAllText(path, Text(statistics, sampler));
        }

        return 0;
    }

    private static string Text(RecordingStatistics statistics, Sampler sampler) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        samples={statistics.Samples}
        proven={statistics.Proven}
        paused={statistics.Paused}
        lost={statistics.Lost}
        truncated={statistics.Truncated}
        failed={statistics.Failed}
        idle={statistics.Idle}
        late={statistics.Late}
        missed={statistics.Missed}
        seconds={statistics.Duration.TotalSeconds}
        stopped={statistics.StoppedTime.TotalSeconds}
        rate={statistics.RateReached}
        budget-spent={(sampler.BudgetSpent ? 1 : 0)}
        pause-refused={(sampler.PauseRefused ? 1 : 0)}

        """);
}
