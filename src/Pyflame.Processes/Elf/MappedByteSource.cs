namespace Pyflame.Processes.Elf;

/// <summary>The part of a file that a process has mapped, read from the memory of that process.</summary>
/// <param name="memory">The process.</param>
/// <param name="mappings">
/// The mappings of the one file; where two show the same bytes of it, the first that can be read is believed.
/// </param>
/// <remarks>
/// Pages that the process has written to (relocated data) show what it wrote. Section headers and <c>.symtab</c> are
/// hardly ever mapped and so cannot be read here.
/// </remarks>
public sealed class MappedByteSource(MemoryReader memory, IReadOnlyList<MemoryMapping> mappings) : ByteSource
{
    /// <inheritdoc/>
    public override bool TryRead(ulong offset, Span<byte> destination) => Read(offset, destination) == destination.Length;

    /// <inheritdoc/>
    public override int Read(ulong offset, Span<byte> destination)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int count = ReadPiece(offset + (ulong)total, destination[total..]);
            if (count == 0)
            {
                break;
            }

            total += count;
        }

        return total;
    }

    private int ReadPiece(ulong offset, Span<byte> destination)
    {
        int looked = Math.Min(mappings.Count, ParseLimits.MappingsPerModule);
        for (int i = 0; i < looked; i++)
        {
            MemoryMapping mapping = mappings[i];
            ulong into = unchecked(offset - mapping.FileOffset);
            if (into >= mapping.Range.Length)
            {
                continue;
            }

            int count = (int)Math.Min((ulong)destination.Length, mapping.Range.Length - into);
            if (memory.TryRead(mapping.Range.Address + (long)into, destination[..count]))
            {
                return count;
            }
        }

        return 0;
    }
}
