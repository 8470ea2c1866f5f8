using Pyflame.Profiles;

namespace Pyflame.Cli.Top;

/// <summary>
/// Hands samples from the thread that samples to the one that draws. The sampler waits for nothing but the exchange of two references.
/// </summary>
internal sealed class SampleHandover : ISampleSink
{
    // Threads get their names some time after they begin.
    private const long ThreadsInterval = 500_000_000;

    private readonly Profile _profile;
    private readonly SampleFilter? _filter;
    private readonly Lock _gate = new();
    private SampleBatch _pending = new();
    private int _frames;
    private int _stacks = 1;
    private int _threadCount;
    private int _processCount;
    private long _threadsAt = long.MinValue;
    private long _round = -1;
    private int _roundThreads;
    private int _roundProcesses;
    private int _lastProcess = -1;
    private bool _roundHasGil;

    /// <summary>Makes a sink of a profile that the calling sampler fills; it is read by that thread only.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="filter">Which samples have rows; null for all. The others still count as moments of their threads.</param>
    public SampleHandover(Profile profile, SampleFilter? filter = null)
    {
        _profile = profile;
        _filter = filter;
    }

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        lock (_gate)
        {
            if (sample.TimestampNanoseconds != _round)
            {
                BeginRound(sample);
            }

            if (!_roundHasGil && (sample.State & SampleState.HoldsGil) != 0)
            {
                _roundHasGil = true;
                _pending.GilRounds += sample.Weight;
            }

            // The threads of a process come one after the other.
            int process = sample.Thread.Value < _profile.Threads.Count ? _profile.Threads[sample.Thread.Value].ProcessIndex : 0;
            _roundProcesses += process != _lastProcess ? 1 : 0;
            _lastProcess = process;
            _roundThreads++;
            DescribeStacks();
            _pending.Add(sample, _filter is null || _filter.Keeps(sample.Thread, sample.Stack));
        }
    }

    /// <summary>What came since the last time. From any thread.</summary>
    public SampleBatch Take()
    {
        lock (_gate)
        {
            SampleBatch taken = _pending;
            _pending = new SampleBatch();

            // Until a second round begins, the first is all that is known.
            taken.ThreadCount = taken.ThreadCount > 0 ? taken.ThreadCount : _roundThreads;
            taken.ProcessCount = taken.ProcessCount > 0 ? taken.ProcessCount : _roundProcesses;
            return taken;
        }
    }

    private void BeginRound(in Sample sample)
    {
        _pending.ThreadCount = _roundThreads;
        _pending.ProcessCount = _roundProcesses;
        _pending.Rounds += sample.Weight;
        _round = sample.TimestampNanoseconds;
        _roundThreads = 0;
        _roundProcesses = 0;
        _lastProcess = -1;
        _roundHasGil = false;
        if (_round >= _threadsAt || _profile.Threads.Count != _threadCount || _profile.Processes.Count != _processCount)
        {
            _threadsAt = _round + ThreadsInterval;
            _threadCount = _profile.Threads.Count;
            _processCount = _profile.Processes.Count;
            _pending.Threads = [.. _profile.Threads];
            _pending.Processes = [.. _profile.Processes];
        }
    }

    private void DescribeStacks()
    {
        for (; _frames < _profile.Frames.Count; _frames++)
        {
            _pending.Frames.Add(TopFrame.Of(_profile, new FrameId(_frames)));
        }

        for (; _stacks < _profile.Stacks.Count; _stacks++)
        {
            var stack = new StackId(_stacks);
            _pending.Stacks.Add((_profile.Stacks.Parent(stack).Value, _profile.Stacks.Frame(stack).Value));
        }
    }
}
