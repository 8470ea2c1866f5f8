namespace Pyflame.Cli;

/// <summary>What was asked for cannot be done; the message says why and what to do about it.</summary>
internal sealed class FailureException : Exception
{
    public FailureException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
