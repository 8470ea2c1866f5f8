namespace Pyflame.Testing;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit status; 128 and the number of the signal that ended it.</param>
/// <param name="Output">All of its standard output, read as UTF-8.</param>
/// <param name="Error">All of its standard error, read as UTF-8.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error);
