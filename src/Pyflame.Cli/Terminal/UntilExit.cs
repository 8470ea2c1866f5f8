namespace Pyflame.Cli.Terminal;

/// <summary>What stays in force until the program has ended.</summary>
internal static class UntilExit
{
    private static readonly List<IDisposable> s_kept = [];

    /// <summary>
    /// Never disposes of it. Handlers of signals are kept like this: a signal that comes when the profile has been written is not
    /// to make a failure of what went well.
    /// </summary>
    public static void Keep(IDisposable kept) => s_kept.Add(kept);
}
