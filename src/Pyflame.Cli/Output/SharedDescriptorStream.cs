using Microsoft.Win32.SafeHandles;

namespace Pyflame.Cli.Output;

/// <summary>Writes to a descriptor that other programs may write to as well, each time where the last of them has left off.</summary>
/// <remarks>
/// A <see cref="FileStream"/> keeps an offset of its own; the console's streams prepare the terminal for a program that reads keys,
/// which shows as control characters. So a stream is opened for each write, and the descriptor's offset moved along.
/// </remarks>
internal sealed class SharedDescriptorStream : WriteOnlyStream
{
    private readonly int _descriptor;

    public SharedDescriptorStream(int descriptor) => _descriptor = descriptor;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        using var handle = new SafeFileHandle(_descriptor, ownsHandle: false);
        using var stream = new FileStream(handle, FileAccess.Write, bufferSize: 0);
        stream.Write(buffer);

        // Asking for the handle moves the descriptor's offset to that of the stream.
        _ = stream.SafeFileHandle;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is held back.
    }
}
