using System.Globalization;
using Pyflame.Profiles;

namespace Pyflame.Cli.Terminal;

/// <summary>How a recording goes, in one line of the terminal that is written over again and again. Nothing where there is no terminal.</summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly object _gate = new();
    private readonly Func<RecordingStatistics> _read;
    private readonly Timer? _timer;
    private bool _isShown;
    private bool _isOver;

    /// <summary>Begins to show it.</summary>
    /// <param name="read">Tells how it goes; called on other threads.</param>
    public ProgressLine(Func<RecordingStatistics> read)
    {
        _read = read;
        _timer = StandardError.IsTerminal ? new Timer(_ => Show(), null, s_interval, s_interval) : null;
    }

    /// <summary>The line: time, samples, rate reached, errors.</summary>
    public static string Describe(RecordingStatistics statistics)
    {
        long errors = statistics.Lost + statistics.Failed;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{statistics.Duration.TotalSeconds:0.0} s  {statistics.Samples} samples  {statistics.RateReached:0} Hz  {errors} {(errors == 1 ? "error" : "errors")}  (Ctrl-C ends and writes)");
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        lock (_gate)
        {
            _isOver = true;
            if (_isShown)
            {
                Write("\r\e[K");
            }
        }
    }

    private static void Write(string text)
    {
        try
        {
            StandardError.Writer.Write(text);
        }
        catch (IOException)
        {
            // The terminal has gone; the recording goes on.
        }
    }

    private void Show()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _isShown = true;
                Write("\r\e[K" + Describe(_read()));
            }
        }
    }
}
