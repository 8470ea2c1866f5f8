using System.Runtime.InteropServices;

namespace Pyflame.Profiles.Export;

/// <summary>The samples of one thread in time order.</summary>
internal sealed class ThreadTimeline
{
    /// <summary>By how many intervals the next sample may be late before the time in between counts as not watched.</summary>
    public const int JitterIntervals = 2;

    private readonly ChunkedList<Moment> _moments = new();
    private readonly long _interval;
    private long _lastTimestamp = long.MinValue;

    private ThreadTimeline(ProfiledThread thread, long intervalNanoseconds)
    {
        Thread = thread;
        _interval = intervalNanoseconds;
    }

    /// <summary>Whose samples.</summary>
    public ProfiledThread Thread { get; }

    /// <summary>How many.</summary>
    public int Count => _moments.Count;

    /// <summary>
    /// The samples of each thread that has any: process by process, the main thread first and then by the kernel's id, which is
    /// the order in which they were started unless the ids have gone round.
    /// </summary>
    public static IReadOnlyList<ThreadTimeline> Split(Profile profile, SampleLog samples)
    {
        var timelines = profile.Threads
            .Select(thread => new ThreadTimeline(thread, profile.Circumstances.IntervalNanoseconds)).ToArray();
        foreach (Sample sample in samples)
        {
            timelines[sample.Thread.Value].Add(sample);
        }

        return [.. timelines
            .Where(timeline => timeline.Count > 0)
            .OrderBy(timeline => timeline.Thread.ProcessIndex)
            .ThenByDescending(timeline => timeline.Thread.IsMain)
            .ThenBy(timeline => timeline.Thread.OsThreadId)];
    }

    /// <summary>
    /// When the time that a sample stands for begins, in nanoseconds since the start; never before the sample before it. Where it
    /// stands for rounds that were missed, that is before it was taken.
    /// </summary>
    public long Time(int index) => _moments[index].Time;

    /// <summary>Where the thread stood.</summary>
    public StackId Stack(int index) => _moments[index].Stack;

    /// <summary>How many intervals the sample stands for.</summary>
    public int Weight(int index) => _moments[index].Weight;

    /// <summary>What the thread was doing.</summary>
    public SampleState State(int index) => _moments[index].State;

    /// <summary>
    /// When the time that a sample stands for ends, in nanoseconds since the start: where that of the next begins, or, where
    /// that is so late that the thread was not watched in between, after the intervals that the sample stands for.
    /// </summary>
    public long End(int index)
    {
        ref Moment moment = ref _moments[index];
        long expected = moment.Time + (moment.Weight * _interval);
        if (index + 1 == Count)
        {
            return expected;
        }

        long next = _moments[index + 1].Time;
        return next <= expected + (JitterIntervals * _interval) ? next : expected;
    }

    private void Add(in Sample sample)
    {
        long begin = sample.TimestampNanoseconds - ((sample.Weight - 1) * _interval);
        long previous = Count == 0 ? Math.Min(0, sample.TimestampNanoseconds) : _lastTimestamp;
        _moments.Add(new Moment(Math.Max(begin, previous), sample.Stack, sample.Weight, sample.State));
        _lastTimestamp = Math.Max(sample.TimestampNanoseconds, previous);
    }

    // Packed, since there are millions.
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly record struct Moment(long Time, StackId Stack, int Weight, SampleState State);
}
