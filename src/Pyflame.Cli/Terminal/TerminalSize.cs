using Pyflame.Processes;

namespace Pyflame.Cli.Terminal;

/// <summary>The terminal's measures.</summary>
/// <remarks>Not the console's, which prepares the terminal for a program that reads keys, and shows as control characters.</remarks>
internal static class TerminalSize
{
    // Narrower ones are no use for tables.
    private const int Narrowest = 40;

    /// <summary>The columns of the terminal that standard output is; null where it is none.</summary>
    public static int? OutputWidth => RawTerminal.ReadOutputWidth() is { } columns ? Math.Max(Narrowest, columns) : null;
}
