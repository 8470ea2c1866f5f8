namespace Pyflame.Cli;

/// <summary>The words after a subcommand make no sense; the message says which and why, and what was meant perhaps.</summary>
internal sealed class UsageException : Exception
{
    public UsageException(string message)
        : base(message)
    {
    }
}
