using Microsoft.Win32.SafeHandles;

namespace Pyflame.Cli.Output;

/// <summary>Standard output, as bytes. Unlike the console's stream it tells when its reader has gone.</summary>
internal sealed class StandardOutput : ProfileOutput
{
    private const int Descriptor = 1;

    private StandardOutput()
    {
    }

    /// <inheritdoc/>
    protected override string Name => "standard output";

    /// <summary>Opens it.</summary>
    /// <param name="isOnlyPlace">Whether there is no option to name a file instead.</param>
    /// <exception cref="OutputException">The program was started without one.</exception>
    public static StandardOutput Open(bool isOnlyPlace = false) => StandardStreams.HasOutput
        ? new StandardOutput()
        : throw new OutputException("Cannot write standard output: it is closed." + (isOnlyPlace ? string.Empty : " Name a file with -o."));

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The descriptor is the process's.
    }

    /// <inheritdoc/>
    protected override void WriteWhole(Action<Stream> write)
    {
        // Opened no sooner: the stream begins at the offset of this moment, and in trace mode the command may have
        // moved it, if both write into one file.
        using var handle = new SafeFileHandle(Descriptor, ownsHandle: false);
        using var stream = new FileStream(handle, FileAccess.Write, bufferSize: 0);
        WriteBuffered(stream, write);

        // The stream writes at offsets of its own. Asking it for its handle moves the descriptor's offset along, for
        // those who write after us into the same file.
        _ = stream.SafeFileHandle;
    }
}
