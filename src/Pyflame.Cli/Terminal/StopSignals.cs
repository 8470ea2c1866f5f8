using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Pyflame.Cli.Terminal;

/// <summary>The signals by which a user or the system asks the program to end: it ends the recording, and writes it.</summary>
/// <remarks>
/// A signal that the program was started with as ignored, as nohup(1) does with SIGHUP, stays ignored. Signals that follow at
/// once, as of someone who presses Ctrl-C twice, do not keep the profile from being written; a later one ends the program, in
/// case the writing does not come to an end.
/// </remarks>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan s_impatience = TimeSpan.FromSeconds(1);

    private static readonly PosixSignal[] s_signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action _stop;
    private long _first;

    /// <summary>Begins to take the signals.</summary>
    /// <param name="stop">Called for the first one, on a thread of the runtime's.</param>
    public StopSignals(Action stop)
    {
        _stop = stop;
        foreach (PosixSignal signal in s_signals)
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }
    }

    /// <summary>Leaves the signals alone again.</summary>
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        long first = Interlocked.CompareExchange(ref _first, Stopwatch.GetTimestamp(), 0);
        if (first == 0)
        {
            context.Cancel = true;
            _stop();
        }
        else
        {
            context.Cancel = Stopwatch.GetElapsedTime(first) < s_impatience;
        }
    }
}
