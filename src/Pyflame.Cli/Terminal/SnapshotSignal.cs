using System.Runtime.InteropServices;

namespace Pyflame.Cli.Terminal;

/// <summary>SIGUSR1, by which a user asks for what there is so far.</summary>
internal static class SnapshotSignal
{
    private const int User1 = 10; // signal(7), x86 and ARM

    /// <summary>Begins to take the signal; disposing of the result ends it.</summary>
    /// <param name="received">Called each time, on a thread of the runtime's.</param>
    public static IDisposable Register(Action received) => PosixSignalRegistration.Create((PosixSignal)User1, context =>
    {
        context.Cancel = true;
        received();
    });
}
