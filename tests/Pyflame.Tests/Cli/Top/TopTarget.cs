using System.Globalization;
using Pyflame.Cli.Top;
using Pyflame.Profiles;

namespace Pyflame.Tests.Cli.Top;

/// <summary>A sampler's part: hands over rounds of samples that a test makes up.</summary>
internal sealed class TopTarget
{
    /// <summary>How many rounds count as recent.</summary>
    public const int RecentRounds = 10;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    private readonly SampleHandover _handover;
    private long _time;

    public TopTarget() => _handover = new SampleHandover(Profile);

    public Profile Profile { get; } = new(new Circumstances { StartUtc = DateTimeOffset.UnixEpoch, Mode = "wall", RateHertz = 100 });

    public TopStatistics Statistics { get; } = new(s_interval, s_interval * RecentRounds);

    /// <summary>One look at some threads, each with its stack, root first: <c>main:5;spin:12</c>.</summary>
    public void Round(params (int Thread, string Stack, SampleState State)[] threads)
    {
        _time += s_interval.Ticks * 100;
        foreach ((int thread, string stack, SampleState state) in threads)
        {
            Sample(thread, stack, state, 1);
        }
    }

    /// <summary>One look at one thread.</summary>
    public void Add(int thread, string stack, SampleState state, int weight)
    {
        _time += s_interval.Ticks * 100;
        Sample(thread, stack, state, weight);
    }

    /// <summary>Hands over what came.</summary>
    public void Take()
    {
        Statistics.Add(_handover.Take());
    }

    private void Sample(int thread, string stack, SampleState state, int weight)
    {
        StackId id = default;
        foreach (string frame in stack.Split(';'))
        {
            string[] parts = frame.Split(':');
            FunctionId function = Profile.InternFunction(parts[0], "/srv/app.py", 1);
            int line = int.Parse(parts[1], CultureInfo.InvariantCulture);
            id = Profile.Stacks.Intern(id, Profile.Frames.Intern(new FrameInfo(function, line, FrameKind.Python)));
        }

        _handover.Add(new Sample(_time, new ProfiledThreadId(thread), id, state, weight));
    }
}
