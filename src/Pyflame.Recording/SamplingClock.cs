using Pyflame.Processes;

namespace Pyflame.Recording;

/// <summary>When the next round is due: absolute points in time, so that a late round does not shift those after it.</summary>
internal sealed class SamplingClock
{
    private readonly long _interval;
    private readonly bool _jitter;
    private readonly Random? _random;
    private long _start;
    private long _round;

    /// <summary>Makes a clock that is not running yet.</summary>
    /// <param name="interval">The time between two rounds; zero for no waiting.</param>
    /// <param name="jitter">Whether each round is moved by a random part of the interval.</param>
    public SamplingClock(TimeSpan interval, bool jitter)
    {
        _interval = interval.Ticks * 100;
        _jitter = jitter && _interval > 0;
        _random = _jitter ? new Random() : null;
    }

    /// <summary>Rounds that began more than half an interval after they were due.</summary>
    public long Late { get; private set; }

    /// <summary>Rounds that never took place because those before took too long.</summary>
    public long Missed { get; private set; }

    /// <summary>When the next round is due, in nanoseconds of <see cref="DeadlineTimer.Now"/>.</summary>
    public long Deadline { get; private set; }

    /// <summary>A round is due now, and the others from here on; what was late or missed before stays counted.</summary>
    public void Start(long now)
    {
        _start = now;
        _round = 0;
        Deadline = now;
    }

    /// <summary>Notes that a round begins now and sets the deadline of the next.</summary>
    /// <returns>How many intervals the round stands for: 1, and one more for each round that was missed before it.</returns>
    public int BeginRound(long now)
    {
        if (_interval == 0)
        {
            Deadline = now;
            return 1;
        }

        long behind = now - (_start + (_round * _interval));
        long missed = _jitter ? Math.Max(0, behind - _interval) / _interval : behind / _interval;
        if (missed > 0)
        {
            Missed += missed;
            _round += missed;
        }

        if (now - Deadline > _interval / 2)
        {
            Late++;
        }

        _round++;
        Deadline = _start + (_round * _interval) + (_random?.NextInt64(_interval) ?? 0);
        return (int)Math.Min(missed + 1, int.MaxValue);
    }
}
