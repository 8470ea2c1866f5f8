namespace Pyflame.Cli.Commands;

/// <summary>What a classic command line asks for.</summary>
internal enum ClassicAction
{
    /// <summary>Samples a running process.</summary>
    Attach,

    /// <summary>Runs a command and samples it.</summary>
    Trace,

    /// <summary>Prints every thread's stack once.</summary>
    Dump,

    /// <summary>Prints the help.</summary>
    Help,

    /// <summary>Prints the version.</summary>
    Version,
}
