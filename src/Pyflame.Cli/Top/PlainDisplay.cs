using System.Text;
using Pyflame.Cli.Output;

namespace Pyflame.Cli.Top;

/// <summary>Prints a picture in plain text now and then, where standard output is no terminal.</summary>
internal sealed class PlainDisplay : TopDisplay
{
    private static readonly TimeSpan s_defaultDelay = TimeSpan.FromSeconds(1);

    private readonly TopReporter _reporter;
    private readonly TopState _state;
    private readonly TimeSpan _delay;
    private readonly int _rows;
    private readonly object _gate = new();
    private volatile string _note = string.Empty;
    private bool _isOver;
    private bool _hasPrinted;

    /// <summary>Makes one that prints as a request says.</summary>
    public PlainDisplay(TopReporter reporter, TopRequest request)
    {
        _reporter = reporter;
        _state = request.State;
        _delay = request.Once ? Timeout.InfiniteTimeSpan : request.Delay ?? s_defaultDelay;
        _rows = request.Rows;
    }

    /// <summary>How long one picture takes where nothing else is said.</summary>
    public static TimeSpan DefaultDelay => s_defaultDelay;

    /// <inheritdoc/>
    public override void End(string note)
    {
        _note = note;
        Stop();
    }

    /// <inheritdoc/>
    public override void Stop()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <inheritdoc/>
    protected override void Draw()
    {
        bool isOver;
        do
        {
            isOver = WaitForEnd();
            _reporter.Update();
            TopReport report = _reporter.Report(_state, _note);
            if (!isOver || report.Version.Length > 0)
            {
                Print(report);
            }
        }
        while (!isOver);
    }

    // For as long as from one picture to the next.
    private bool WaitForEnd()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                Monitor.Wait(_gate, _delay);
            }

            return _isOver;
        }
    }

    private void Print(TopReport report)
    {
        string text = (_hasPrinted ? "\n" : string.Empty) + TopText.Write(report, _state, _rows);
        _hasPrinted = true;
        using ProfileOutput output = StandardOutput.Open(isOnlyPlace: true);
        output.Write(stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }
}
