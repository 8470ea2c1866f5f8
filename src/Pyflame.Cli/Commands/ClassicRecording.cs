using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>A recording as a classic command line asks for it.</summary>
internal sealed class ClassicRecording : IDisposable
{
    private readonly ClassicOptions _options;
    private readonly Profile _profile;

    public ClassicRecording(ClassicOptions options)
    {
        _options = options;
        _profile = new Profile(new Circumstances
        {
            StartUtc = DateTimeOffset.UtcNow,
            Mode = options.AllThreads ? "wall" : "gil",
            RateHertz = options.Interval > TimeSpan.Zero ? 1 / options.Interval.TotalSeconds : 0,
            PyflameVersion = ProgramVersion.Number,
        });
        Sampler = new Sampler(RecordingOptions(options), _profile, MakeSink());
    }

    /// <summary>Samples into the recording.</summary>
    public Sampler Sampler { get; }

    /// <summary>Samples until the end.</summary>
    public void Run()
    {
        // Samples count their time from the moment that the sampling begins.
        _profile.Circumstances = _profile.Circumstances with { StartUtc = DateTimeOffset.UtcNow };
        Sampler.Run();
    }

    /// <summary>Ends the sampling soon. From any thread, at any time.</summary>
    public void Stop() => Sampler.Stop();

    /// <summary>Writes what was sampled, and says what went wrong, if anything.</summary>
    public void Finish(ProfileOutput output, UserMessages messages)
    {
        IProfileWriter writer = _options.FlameChart ? new TimestampWriter() : new CollapsedWriter();
        output.Write(stream => writer.Write(_profile, stream, new ExportOptions { LineNumbers = _options.LineNumbers }));
        foreach (string line in RecordingSummary.Describe(Sampler.Statistics, Sampler.PauseRefused, Sampler.BudgetSpent))
        {
            messages.Say(line);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Sampler.Dispose();

    private static RecordingOptions RecordingOptions(ClassicOptions options)
    {
        bool single = options.Duration == TimeSpan.Zero;
        return new RecordingOptions
        {
            Interval = options.Interval,
            Duration = options.Action == ClassicAction.Trace || single ? null : options.Duration,
            RoundLimit = options.Action != ClassicAction.Trace && single ? 1 : null,
            Threads = options.AllThreads ? ThreadSelection.All : ThreadSelection.GilHolder,
            ForcedVersion = options.ForcedVersion,
            ExcludeIdle = options.ExcludeIdle,
        };
    }

    private PythonStacksOnly MakeSink()
    {
        if (_options.FlameChart)
        {
            return new PythonStacksOnly(_profile.Samples = new SampleLog());
        }

        return new PythonStacksOnly(_profile.Counts = new StackCounts());
    }
}
