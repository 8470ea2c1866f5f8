using System.Runtime.InteropServices;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>Passes signals that ask us to end on to a child.</summary>
internal sealed unsafe class SignalForwarding : IDisposable
{
    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const int Terminate = 15;

    private readonly PosixSignalRegistration[] registrations;

    /// <summary>Begins to pass signals on.</summary>
    public SignalForwarding(LaunchedProcess child, Action<int>? received)
    {
        registrations =
        [
            Register(PosixSignal.SIGHUP, Hangup),
            Register(PosixSignal.SIGINT, Interrupt),
            Register(PosixSignal.SIGQUIT, Quit),
            Register(PosixSignal.SIGTERM, Terminate),
        ];

        PosixSignalRegistration Register(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            if (number is Hangup or Terminate || !IsInForeground())
            {
                child.TrySendSignal(number);
            }

            received?.Invoke(number);
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
        {
            registration.Dispose();
        }
    }

    /// <summary>
    /// Whether we, and with us our child, are the group that the terminal's keys reach (credentials(7), tcgetpgrp(3)).
    /// </summary>
    private static bool IsInForeground()
    {
        int terminal = ProcFolder.Open(Libc.AtCurrentDirectory, "/dev/tty", Libc.OpenReadOnly | Libc.OpenNonBlocking, out _);
        if (terminal < 0)
        {
            return false;
        }

        bool isForeground = LibcSpawn.ForegroundGroup(terminal) == LibcSpawn.ProcessGroup();
        _ = Libc.Close(terminal);
        return isForeground;
    }
}
