using Microsoft.Win32.SafeHandles;

namespace Pyflame.Processes.Elf;

/// <summary>A file by its descriptor: what is not asked for is not read, however large the file is.</summary>
/// <param name="handle">An open file. The caller closes it.</param>
/// <remarks>
/// It reads (pread(2)) and does not map: a mapped file that its owner shortens would kill us with SIGBUS.
/// </remarks>
public sealed class FileByteSource(SafeFileHandle handle) : ByteSource
{
    /// <inheritdoc/>
    public override bool TryRead(ulong offset, Span<byte> destination) => Read(offset, destination) == destination.Length;

    /// <inheritdoc/>
    public override int Read(ulong offset, Span<byte> destination)
    {
        if (offset > long.MaxValue - (ulong)destination.Length)
        {
            return 0;
        }

        int total = 0;
        try
        {
            while (total < destination.Length)
            {
                int count = RandomAccess.Read(handle, destination[total..], (long)offset + total);
                if (count == 0)
                {
                    break;
                }

                total += count;
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or NotSupportedException
            or UnauthorizedAccessException)
        {
            // A disk or network error shows as a file that ends here.
        }

        return total;
    }
}
