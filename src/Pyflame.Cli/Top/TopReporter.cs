using Pyflame.Profiles;
using Pyflame.Recording;

namespace Pyflame.Cli.Top;

/// <summary>Makes reports of what a sampler hands over. For the thread that draws.</summary>
internal sealed class TopReporter
{
    private static readonly TimeSpan s_recent = TimeSpan.FromSeconds(5);

    private readonly Sampler _sampler;
    private readonly SampleHandover _handover;
    private readonly TopStatistics _statistics;
    private readonly int _processId;
    private readonly string _command;
    private readonly Queue<(TimeSpan Duration, double Rounds)> _history = new();
    private TimeSpan _resetAt;
    private RecordingStatistics _last;

    /// <summary>Makes one.</summary>
    /// <param name="sampler">Tells how the sampling goes.</param>
    /// <param name="handover">The sampler's sink.</param>
    /// <param name="interval">The sampler's interval.</param>
    /// <param name="processId">The process.</param>
    /// <param name="command">Its command line, as far as it is known.</param>
    public TopReporter(Sampler sampler, SampleHandover handover, TimeSpan interval, int processId, string command)
    {
        _sampler = sampler;
        _handover = handover;
        _statistics = new TopStatistics(interval, s_recent);
        _processId = processId;
        _command = command;
        _last = sampler.Statistics;
    }

    /// <summary>Takes over what was sampled since the last time.</summary>
    public void Update()
    {
        _statistics.Add(_handover.Take());
        RecordingStatistics now = _sampler.Statistics;
        if (now.Duration == _last.Duration)
        {
            return;
        }

        _last = now;
        _history.Enqueue((_last.Duration, _last.RateReached * _last.Duration.TotalSeconds));
        while (_history.Count > 2 && _last.Duration - _history.Peek().Duration > s_recent)
        {
            _history.Dequeue();
        }
    }

    /// <summary>Counts anew from now.</summary>
    public void Reset()
    {
        Update();
        _statistics.Reset();
        _resetAt = _last.Duration;
    }

    /// <summary>What is to be shown now.</summary>
    /// <param name="state">How.</param>
    /// <param name="note">What the user must know; may be empty.</param>
    public TopReport Report(TopState state, string note)
    {
        _statistics.Grouping = state.Grouping;
        ProfiledProcess? process = _statistics.Processes.LastOrDefault(process => process.ProcessId == _processId);
        return new TopReport
        {
            ProcessId = _processId,
            Command = process?.CommandLine ?? _command,
            Version = (process ?? (_statistics.Processes is [var first, ..] ? first : null))?.PythonVersion ?? string.Empty,
            Processes = _statistics.ProcessCount,
            Uptime = _last.Duration - _resetAt,
            Threads = _statistics.ThreadCount,
            GilShare = _statistics.GilShare,
            WaitingShare = _statistics.WaitingShare,
            IdleShare = _statistics.IdleShare,
            RateAsked = _last.RateAsked,
            RateReached = RecentRate(),
            Lost = _last.Lost,
            Failed = _last.Failed,
            ShareTime = _statistics.Interval * (state.WholeTime ? _statistics.Rounds : _statistics.RecentRounds),
            Note = note,
            Lines = TopLines.Make(_statistics, state),
            RowCount = _statistics.Rows.Count,
        };
    }

    private double RecentRate()
    {
        if (_history.Count == 0)
        {
            return 0;
        }

        (TimeSpan begin, double rounds) = _history.Peek();
        double seconds = (_last.Duration - begin).TotalSeconds;
        return _history.Count > 1 && seconds > 0
            ? ((_last.RateReached * _last.Duration.TotalSeconds) - rounds) / seconds
            : _last.RateReached;
    }
}
