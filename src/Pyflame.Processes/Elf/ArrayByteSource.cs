namespace Pyflame.Processes.Elf;

/// <summary>A file that is wholly in our own memory.</summary>
/// <param name="bytes">The file. It is not copied.</param>
public sealed class ArrayByteSource(ReadOnlyMemory<byte> bytes) : ByteSource
{
    /// <inheritdoc/>
    public override bool TryRead(ulong offset, Span<byte> destination) => Read(offset, destination) == destination.Length;

    /// <inheritdoc/>
    public override int Read(ulong offset, Span<byte> destination)
    {
        if (offset >= (ulong)bytes.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = bytes.Span[(int)offset..];
        int count = Math.Min(rest.Length, destination.Length);
        rest[..count].CopyTo(destination);
        return count;
    }
}
