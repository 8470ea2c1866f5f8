using System.Runtime.InteropServices;
using Pyflame.Profiles;

namespace Pyflame.Cli.Top;

/// <summary>Adds up samples to rows, since the beginning and of the last moments.</summary>
/// <remarks>What a batch costs depends on how many different stacks it has, not on what came before. For one thread.</remarks>
internal sealed class TopStatistics
{
    private readonly List<TopFrame> _frames = [];
    private readonly List<(int Parent, int Frame)> _stacks = [(-1, -1)];
    private readonly Dictionary<SampledStack, long> _weights = [];
    private readonly Queue<SampleBatch> _recent = new();
    private readonly Dictionary<(int Owner, int Index), TopRow> _rows = [];
    private readonly long _recentLimit;
    private TopGrouping _grouping;
    private long _walk;

    /// <summary>Makes one without samples.</summary>
    /// <param name="interval">The sampler's interval, which a weight of 1 stands for.</param>
    /// <param name="recent">How much of the past counts as the last moments.</param>
    public TopStatistics(TimeSpan interval, TimeSpan recent)
    {
        Interval = interval;
        _recentLimit = Math.Max(1, recent.Ticks / Math.Max(1, interval.Ticks));
    }

    /// <summary>What a weight of 1 stands for.</summary>
    public TimeSpan Interval { get; }

    /// <summary>The rows, in no order.</summary>
    public IReadOnlyCollection<TopRow> Rows => _rows.Values;

    /// <summary>The threads by their index.</summary>
    public IReadOnlyList<ProfiledThread> Threads { get; private set; } = [];

    /// <summary>The processes by their index; none until the first sample.</summary>
    public IReadOnlyList<ProfiledProcess> Processes { get; private set; } = [];

    /// <summary>How many processes the last round had.</summary>
    public int ProcessCount { get; private set; }

    /// <summary>How many threads the last round had.</summary>
    public int ThreadCount { get; private set; }

    /// <summary>Rounds of samples since the beginning, and of the last moments.</summary>
    public long Rounds { get; private set; }

    /// <summary>Rounds of the last moments.</summary>
    public long RecentRounds { get; private set; }

    /// <summary>Which share of the rounds of the last moments saw a thread hold the GIL.</summary>
    public double GilShare => Share(_recent.Sum(batch => batch.GilRounds), RecentRounds);

    /// <summary>Which share of the samples of the last moments is of threads that waited for the GIL.</summary>
    public double WaitingShare => Share(_recent.Sum(batch => batch.WaitsForGil), RecentSamples);

    /// <summary>Which share of the samples of the last moments is of threads that waited for something else.</summary>
    public double IdleShare => Share(_recent.Sum(batch => batch.Idle), RecentSamples);

    /// <summary>Which samples count, and to which rows.</summary>
    public TopGrouping Grouping
    {
        get => _grouping;
        set
        {
            if (_grouping != value)
            {
                _grouping = value;
                CountAnew();
            }
        }
    }

    private long RecentSamples => _recent.Sum(batch => batch.Samples);

    /// <summary>Adds what came.</summary>
    public void Add(SampleBatch batch)
    {
        _frames.AddRange(batch.Frames);
        _stacks.AddRange(batch.Stacks);
        Threads = batch.Threads ?? Threads;
        Processes = batch.Processes ?? Processes;
        ProcessCount = batch.ProcessCount > 0 ? batch.ProcessCount : ProcessCount;
        ThreadCount = batch.ThreadCount > 0 ? batch.ThreadCount : ThreadCount;
        Rounds += batch.Rounds;
        foreach ((SampledStack stack, long weight) in batch.Weights)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_weights, stack, out _) += weight;
            Count(stack, weight, weight);
        }

        RecentRounds += batch.Rounds;
        _recent.Enqueue(batch);
        while (_recent.Count > 1 && RecentRounds - _recent.Peek().Rounds >= _recentLimit)
        {
            SampleBatch old = _recent.Dequeue();
            RecentRounds -= old.Rounds;
            foreach ((SampledStack stack, long weight) in old.Weights)
            {
                Count(stack, 0, -weight);
            }
        }
    }

    /// <summary>Begins anew: all samples so far are forgotten.</summary>
    public void Reset()
    {
        _weights.Clear();
        _recent.Clear();
        _rows.Clear();
        Rounds = 0;
        RecentRounds = 0;
    }

    private static double Share(long part, long all) => all > 0 ? (double)part / all : 0;

    private void CountAnew()
    {
        _rows.Clear();
        foreach ((SampledStack stack, long weight) in _weights)
        {
            Count(stack, weight, 0);
        }

        foreach (SampleBatch batch in _recent)
        {
            foreach ((SampledStack stack, long weight) in batch.Weights)
            {
                Count(stack, 0, weight);
            }
        }
    }

    private void Count(SampledStack sampled, long weight, long recentWeight)
    {
        if (!_grouping.Shows(sampled.Kind))
        {
            return;
        }

        _walk++;
        int owner = OwnerOf(sampled.Thread);
        bool isLeaf = true;
        for (int stack = sampled.Stack; stack > 0; stack = _stacks[stack].Parent)
        {
            TopRow row = RowOf(owner, _stacks[stack].Frame);
            if (isLeaf)
            {
                row.Own += weight;
                row.RecentOwn += recentWeight;
            }

            if (row.LastWalk != _walk)
            {
                row.LastWalk = _walk;
                row.Total += weight;
                row.RecentTotal += recentWeight;
            }

            isLeaf = false;
            if (_grouping.HasNoFunctions)
            {
                row.Gil += sampled.Kind == SampleKind.HoldsGil ? weight : 0;
                row.RecentGil += sampled.Kind == SampleKind.HoldsGil ? recentWeight : 0;
                row.Waits += sampled.Kind == SampleKind.WaitsForGil ? weight : 0;
                row.RecentWaits += sampled.Kind == SampleKind.WaitsForGil ? recentWeight : 0;
                break;
            }
        }
    }

    private int OwnerOf(int thread) => _grouping.Threads switch
    {
        ThreadGrouping.Together => -1,
        ThreadGrouping.Apart or ThreadGrouping.Only => thread,
        _ => thread < Threads.Count ? Threads[thread].ProcessIndex : 0,
    };

    private TopRow RowOf(int owner, int frame)
    {
        int index = _grouping.HasNoFunctions ? -1 : _grouping.ByLine ? frame : _frames[frame].Function;
        ref TopRow? row = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, (owner, index), out _);
        return row ??= new TopRow(owner, index < 0 ? null : _frames[frame]);
    }
}
