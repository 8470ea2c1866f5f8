namespace Pyflame.Profiles;

/// <summary>
/// Puts what a waiting thread waited for on top of its stack, as a frame such as <c>(lock)</c> or <c>(waiting for GIL)</c>, and hands
/// the sample on.
/// </summary>
public sealed class WaitFrames : ISampleSink
{
    private readonly Profile _profile;
    private readonly ISampleSink _next;
    private readonly Dictionary<SampleState, FrameId> _frames = [];

    /// <summary>Makes a sink.</summary>
    /// <param name="profile">Whose samples; receives the frames.</param>
    /// <param name="next">Where the samples go.</param>
    public WaitFrames(Profile profile, ISampleSink next)
    {
        _profile = profile;
        _next = next;
    }

    /// <summary>The same profile with what threads waited for on top of their stacks.</summary>
    /// <exception cref="ProfileFormatException">The samples were only counted.</exception>
    public static Profile AddTo(Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var log = new SampleLog();
        var frames = new WaitFrames(profile, log);
        return profile.WithSamples(sample => frames.Add(sample), log);
    }

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        if (!HasRemark(sample.Stack) && TryFindFrame(sample.State, out FrameId frame))
        {
            _next.Add(sample with { Stack = _profile.Stacks.Intern(sample.Stack, frame) });
        }
        else
        {
            _next.Add(sample);
        }
    }

    // Such as (idle), or what a recording put there.
    private bool HasRemark(StackId stack) => !stack.IsEmpty && _profile.Frames[_profile.Stacks.Frame(stack)].Kind == FrameKind.Marker;

    private bool TryFindFrame(SampleState state, out FrameId frame)
    {
        frame = default;
        SampleState waiting = state & ~(SampleState.HoldsGil | SampleState.OnCpu | SampleState.Paused | SampleState.Truncated);
        if ((waiting & (SampleState.Idle | SampleState.WaitsForGil)) == 0 || (waiting & SampleState.Failed) != 0)
        {
            return false;
        }

        if (!_frames.TryGetValue(waiting, out frame) && waiting.Wait() is { } wait)
        {
            FunctionId function = _profile.InternFunction($"({wait})", string.Empty);
            frame = _profile.Frames.Intern(new FrameInfo(function, 0, FrameKind.Marker));
            _frames.Add(waiting, frame);
        }

        return true;
    }
}
