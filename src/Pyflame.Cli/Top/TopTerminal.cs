using Pyflame.Processes;

namespace Pyflame.Cli.Top;

/// <summary>Decides whether there is a terminal for a live screen.</summary>
internal static class TopTerminal
{
    /// <summary>Takes the terminal over; null where the request or the terminal does not allow for a live screen.</summary>
    public static RawTerminal? TryOpen(TopRequest request) =>
        request.Once || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb" ? null : RawTerminal.TryOpen();
}
