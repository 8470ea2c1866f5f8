namespace Pyflame.Processes.Elf;

/// <summary>The bytes of an image by their offset in its file, wherever they really come from.</summary>
/// <remarks>It is what lets one parser read a file and the live memory of a process alike.</remarks>
public abstract class ByteSource
{
    /// <summary>Reads exactly as many bytes as <paramref name="destination"/> holds.</summary>
    /// <param name="offset">The first byte, counted from the beginning of the file.</param>
    /// <param name="destination">The caller's buffer. Its content is undefined when the read fails.</param>
    /// <returns>False where any of the bytes cannot be had. Never throws.</returns>
    public abstract bool TryRead(ulong offset, Span<byte> destination);

    /// <summary>Reads as many bytes as there are, up to the length of <paramref name="destination"/>.</summary>
    /// <param name="offset">The first byte, counted from the beginning of the file.</param>
    /// <param name="destination">The caller's buffer.</param>
    /// <returns>How many bytes were read; 0 where there are none. Never throws.</returns>
    public abstract int Read(ulong offset, Span<byte> destination);
}
