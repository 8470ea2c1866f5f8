namespace Pyflame.Cli.Output;

/// <summary>Whoever read the output has gone away, as <c>head</c> does once it has its lines. No cause for a message.</summary>
internal sealed class BrokenPipeException : Exception
{
    // EPIPE of asm-generic/errno-base.h, which the runtime hands on as HResult.
    private const int BrokenPipe = 32;

    public BrokenPipeException(Exception innerException)
        : base("the reader of the output has gone", innerException)
    {
    }

    /// <summary>Whether this is what a write to a pipe without a reader fails with.</summary>
    public static bool Tells(IOException exception) => exception.HResult == BrokenPipe;
}
