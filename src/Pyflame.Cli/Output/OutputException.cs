namespace Pyflame.Cli.Output;

/// <summary>The output cannot be opened or written; the message says where and why.</summary>
internal sealed class OutputException : Exception
{
    public OutputException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
