using System.Globalization;
using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Records a process until a certain sample has come, and looks at every sample on the way.</summary>
internal sealed class SampleRecorder : ISampleSink, IDisposable
{
    private readonly TargetProcess _target;
    private readonly Sampler _sampler;
    private Func<Sample, bool> _goesOn = _ => true;

    /// <summary>Attaches to a process; what follows must be called on the same thread.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="options">How to sample it.</param>
    /// <param name="interval">How long there is between two samples; nothing, unless given.</param>
    public SampleRecorder(int processId, RecordingOptions options, TimeSpan interval = default)
    {
        _target = TargetProcess.Attach(processId);
        Profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UtcNow, Mode = "test", RateHertz = 0 });
        _sampler = new Sampler(options with { Interval = interval, Duration = TestLimits.Recording }, Profile, this);
        _sampler.Attach(_target);
    }

    /// <summary>What was recorded.</summary>
    public Profile Profile { get; }

    /// <summary>The samples by thread and stack.</summary>
    public StackCounts Counts { get; } = new();

    /// <summary>Samples, as fast as it goes, until the target ends or <paramref name="goesOn"/> says that it is enough.</summary>
    /// <param name="goesOn">Given every sample; whether there are to be more.</param>
    public RecordingStatistics Run(Func<Sample, bool> goesOn)
    {
        _goesOn = goesOn;
        RecordingStatistics statistics = _sampler.Run();
        Assert.True(statistics.Duration < TestLimits.Recording, $"after {TestLimits.Recording} there were {statistics.Samples} samples");
        return statistics;
    }

    /// <summary>Samples until there are so many samples.</summary>
    public RecordingStatistics Run(long samples) => Run(_ => --samples > 0);

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        Counts.Add(sample);
        if (!_goesOn(sample))
        {
            _sampler.Stop();
        }
    }

    /// <summary>A stack, root first: file, function and line of each frame.</summary>
    public (string File, string Function, int Line)[] Describe(StackId stack)
    {
        var frames = new FrameId[Profile.Stacks.Depth(stack)];
        Profile.Stacks.CopyFrames(stack, frames);
        return [.. frames.Select(id =>
        {
            FrameInfo frame = Profile.Frames[id];
            FunctionInfo function = Profile.Functions[frame.Function];
            return (Profile.Strings[function.FileName], Profile.Strings[function.Name], frame.LineNumber);
        })];
    }

    /// <summary>A stack in one line, root first.</summary>
    public string Text(StackId stack) => string.Join(
        " > ", Describe(stack).Select(frame => string.Create(CultureInfo.InvariantCulture, $"{frame.Function}:{frame.Line}")));

    /// <inheritdoc/>
    public void Dispose()
    {
        _sampler.Dispose();
        _target.Dispose();
    }
}
