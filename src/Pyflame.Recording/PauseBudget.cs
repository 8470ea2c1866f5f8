namespace Pyflame.Recording;

/// <summary>How long a process's threads may be stopped: a share of the time that passes, at most a second's worth saved up.</summary>
internal sealed class PauseBudget
{
    private const long Second = 1_000_000_000;
    private readonly double _share;
    private readonly RecordingCounters _counters;
    private double _allowed;
    private long _updated;

    /// <summary>Makes a budget with a second's worth in it.</summary>
    /// <param name="share">The share of the time that may be stopped, from 0 to 1.</param>
    /// <param name="now">In nanoseconds, of a monotonic clock.</param>
    /// <param name="counters">Where the time stopped is counted too.</param>
    public PauseBudget(double share, long now, RecordingCounters counters)
    {
        _counters = counters;
        _share = Math.Clamp(share, 0, 1);
        _allowed = _share * Second;
        _updated = now;
    }

    /// <summary>Whether there is anything left to pause with.</summary>
    public bool HasLeft(long now)
    {
        _allowed = Math.Min(_allowed + ((now - _updated) * _share), _share * Second);
        _updated = now;
        return _allowed > 0;
    }

    /// <summary>Takes from the budget what was stopped, even where that is more than is left.</summary>
    public void Spend(long nanoseconds)
    {
        _allowed -= nanoseconds;
        _counters.Stopped += nanoseconds;
    }

    /// <summary>When there is something left again, in nanoseconds of the same clock.</summary>
    public long RefilledAt => _allowed > 0 || _share <= 0 ? _updated : _updated + (long)(-_allowed / _share) + 1;
}
