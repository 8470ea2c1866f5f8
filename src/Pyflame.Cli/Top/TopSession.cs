using System.Diagnostics;
using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Recording;

namespace Pyflame.Cli.Top;

/// <summary>One run of <c>pyflame top</c>: samples on the calling thread, which is ptrace's (ptrace(2)), and shows on another.</summary>
internal sealed class TopSession : IDisposable
{
    // A terminal that takes no more characters must not keep us from ending.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly TopRequest _request;
    private readonly SampleHandover _handover;
    private readonly Lock _stopping = new();
    private TopDisplay? _display;
    private bool _hasRun;
    private bool _closesAtEnd;
    private long _closedAt;

    /// <summary>Makes one that has no target yet.</summary>
    public TopSession(TopRequest request)
    {
        _request = request;
        var profile = new Profile(new Circumstances
        {
            StartUtc = DateTimeOffset.UtcNow,
            Mode = "wall",
            RateHertz = 1 / request.Sampling.Interval.TotalSeconds,
            PyflameVersion = ProgramVersion.Number,
        });
        _handover = new SampleHandover(profile, request.Filter.AreEmpty ? null : new SampleFilter(profile, request.Filter));
        Sampler = new Sampler(request.Sampling, profile, request.WaitFrames ? new WaitFrames(profile, _handover) : _handover);
    }

    /// <summary>Takes the samples.</summary>
    public Sampler Sampler { get; }

    /// <summary>Whether it was ended by the user or a signal, and not by the target or the time.</summary>
    public bool WasClosed => Volatile.Read(ref _closedAt) != 0;

    /// <summary>Samples and shows until the end.</summary>
    /// <param name="processId">The process that the sampler begins with.</param>
    /// <param name="command">Its command line.</param>
    /// <param name="terminal">Where to show it live; null for plain text on standard output.</param>
    /// <param name="describeEnd">What is said of the target's end, once it has ended.</param>
    public void Run(int processId, string command, RawTerminal? terminal, Func<string> describeEnd)
    {
        var reporter = new TopReporter(Sampler, _handover, _request.Sampling.Interval, processId, command);
        _display = terminal is null
            ? new PlainDisplay(reporter, _request)
            : new LiveDisplay(terminal, reporter, _request.State, _request.Delay);
        var drawing = new Thread(Show) { IsBackground = true, Name = "display" };
        drawing.Start();
        try
        {
            Sampler.Run();
            lock (_stopping)
            {
                _hasRun = true;
            }

            if (!WasClosed && !_closesAtEnd && Sampler.HaveEnded && Sampler.FoundPython)
            {
                _display.End(describeEnd());
            }
            else
            {
                _display.Stop();
            }
        }
        catch
        {
            _display.Stop();
            throw;
        }
        finally
        {
            while (!drawing.Join(100) && (!WasClosed || Stopwatch.GetElapsedTime(Volatile.Read(ref _closedAt)) < s_patience))
            {
                // A user may look at the last picture as long as they like.
            }
        }

        _display.ThrowFailure();
    }

    /// <summary>Ends it soon. From any thread, at any time.</summary>
    public void Close()
    {
        Interlocked.CompareExchange(ref _closedAt, Stopwatch.GetTimestamp(), 0);
        _display?.Stop();
        Sampler.Stop();
    }

    /// <summary>Has it end when the target does, and not wait for the user to have seen the last picture. From any thread.</summary>
    public void CloseAtEnd()
    {
        lock (_stopping)
        {
            _closesAtEnd = true;
            if (_hasRun)
            {
                Close();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Sampler.Dispose();

    private void Show()
    {
        _display!.Run();

        // Whoever does not look any more needs no samples.
        lock (_stopping)
        {
            if (!_hasRun)
            {
                Close();
            }
        }
    }
}
