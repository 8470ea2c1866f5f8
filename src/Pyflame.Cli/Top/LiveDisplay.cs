using System.Diagnostics;
using System.Text;
using Pyflame.Cli.Terminal;
using Pyflame.Processes;

namespace Pyflame.Cli.Top;

/// <summary>The live screen: draws what is sampled, and does what keys ask for.</summary>
internal sealed class LiveDisplay : TopDisplay
{
    private static readonly TimeSpan s_defaultDelay = TimeSpan.FromSeconds(0.5);

    // So soon is a new size of the window noticed.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(100);

    // An Escape that nothing follows within this time is the key of that name, over slow lines too.
    private static readonly TimeSpan s_sequenceWait = TimeSpan.FromMilliseconds(50);

    private readonly RawTerminal _terminal;
    private readonly TopReporter _reporter;
    private readonly TopState _state;
    private readonly TimeSpan _delay;
    private readonly KeyReader _keys = new();
    private readonly byte[] _input = new byte[256];
    private TerminalScreen _screen;
    private volatile string _note = string.Empty;
    private volatile bool _isOver;
    private volatile bool _isStopped;
    private int _columns;
    private int _rows;

    /// <summary>Makes one; the terminal is the caller's to give back.</summary>
    public LiveDisplay(RawTerminal terminal, TopReporter reporter, TopState state, TimeSpan? delay)
    {
        _terminal = terminal;
        _reporter = reporter;
        _state = state;
        _delay = delay ?? s_defaultDelay;
        _screen = NewScreen();
    }

    /// <inheritdoc/>
    public override void End(string note)
    {
        _note = $"{note} q quits.";
        _isOver = true;
    }

    /// <inheritdoc/>
    public override void Stop() => _isStopped = true;

    /// <inheritdoc/>
    protected override void Draw()
    {
        if (!Send(TerminalScreen.Enter))
        {
            return;
        }

        try
        {
            Loop();
        }
        finally
        {
            Send(TerminalScreen.Leave);
        }
    }

    private static TerminalScreen NewScreen() =>
        new(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    private bool Send(string text) => text.Length == 0 || _terminal.TryWrite(Encoding.UTF8.GetBytes(text));

    private void Loop()
    {
        long drawnAt = 0;
        bool overShown = false;
        bool isDirty = true;
        while (!_isStopped)
        {
            _terminal.ReadSize(out int columns, out int rows);
            isDirty |= columns != _columns || rows != _rows;
            (_columns, _rows) = (columns, rows);
            bool isOver = _isOver;
            if (isOver != overShown || drawnAt == 0 || Stopwatch.GetElapsedTime(drawnAt) >= _delay)
            {
                drawnAt = Stopwatch.GetTimestamp();
                overShown = isOver;
                if (!_state.IsPaused)
                {
                    _reporter.Update();
                }

                isDirty = true;
            }

            if (isDirty && !Send(_screen.Show(TopView.Draw(_reporter.Report(_state, _note), _state, columns, rows))))
            {
                return;
            }

            TimeSpan wait = _delay - Stopwatch.GetElapsedTime(drawnAt);
            wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > s_longestWait ? s_longestWait : wait;
            int count = _terminal.Read(_input, _keys.IsInSequence ? s_sequenceWait : wait);
            if (count < 0)
            {
                return;
            }

            IReadOnlyList<Key> keys = count > 0 ? _keys.Read(_input.AsSpan(0, count)) : _keys.EndSequence();
            isDirty = keys.Count > 0;
            if (!Press(keys))
            {
                return;
            }
        }
    }

    private bool Press(IReadOnlyList<Key> keys)
    {
        foreach (Key key in keys)
        {
            switch (_state.Press(key, TopView.TableRows(_columns, _rows)))
            {
                case TopAction.Quit:
                    return false;
                case TopAction.Reset:
                    _reporter.Reset();
                    break;
                case TopAction.Redraw:
                    _screen = NewScreen();
                    break;
            }
        }

        return true;
    }
}
