namespace Pyflame.Cli;

/// <summary>What the program's exit status says.</summary>
internal enum ExitCode
{
    /// <summary>Done; also when the target ended early or the user ended the recording.</summary>
    Success = 0,

    /// <summary>Not done, for a reason that was said on standard error. The classic command line knows no other failure.</summary>
    Failure = 1,

    /// <summary>The words after a subcommand make no sense.</summary>
    Usage = 2,

    /// <summary>A mistake of Pyflame's own (EX_SOFTWARE of sysexits.h).</summary>
    InternalError = 70,

    /// <summary>Whoever read standard output has gone away: what a shell shows for a program that SIGPIPE ended, 128 + 13.</summary>
    BrokenPipe = 141,
}
