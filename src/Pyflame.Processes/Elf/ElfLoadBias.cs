namespace Pyflame.Processes.Elf;

/// <summary>Finds how far an image lies in memory from where its own addresses say.</summary>
internal static class ElfLoadBias
{
    /// <summary>
    /// Finds the load bias: the one under which most segments are mapped from where they are in the file, and of those
    /// the lowest.
    /// </summary>
    /// <param name="segments">The program headers.</param>
    /// <param name="mappings">All mappings of the file, in order of address.</param>
    /// <param name="pageSize">The page size of the target, in bytes.</param>
    /// <param name="bias">What to add, with wrapping, to a virtual address of the image.</param>
    /// <remarks>
    /// A file may be mapped more than once: libffi maps one page of code again and again as trampolines, and tools map
    /// the whole file to read it. Such mappings never have every segment in its place. A segment may have been split
    /// into several mappings (RELRO, mprotect), and several segments may share a page of the file, so only the first
    /// page of each is asked for.
    /// </remarks>
    public static bool TryFind(
        IReadOnlyList<ElfSegment> segments, IReadOnlyList<MemoryMapping> mappings, ulong pageSize, out ulong bias)
    {
        bias = 0;
        int best = 0;
        int looked = Math.Min(mappings.Count, ParseLimits.MappingsPerModule);
        foreach (ElfSegment segment in segments)
        {
            if (!segment.IsLoad || segment.FileSize == 0)
            {
                continue;
            }

            for (int i = 0; i < looked; i++)
            {
                MemoryMapping mapping = mappings[i];
                if (mapping.FileOffset != AlignDown(segment.FileOffset, pageSize))
                {
                    continue;
                }

                ulong candidate = unchecked(mapping.Range.Address.Value - AlignDown(segment.VirtualAddress, pageSize));
                int score = Score(segments, mappings, looked, pageSize, candidate);
                if (score > best)
                {
                    best = score;
                    bias = candidate;
                }
            }

            // Every complete loading has this segment, so the first one that is mapped at all gives every candidate.
            if (best > 0)
            {
                return true;
            }
        }

        return false;
    }

    private static int Score(
        IReadOnlyList<ElfSegment> segments, IReadOnlyList<MemoryMapping> mappings, int looked, ulong pageSize, ulong bias)
    {
        int score = 0;
        foreach (ElfSegment segment in segments)
        {
            if (!segment.IsLoad || segment.FileSize == 0)
            {
                continue;
            }

            var address = new RemoteAddress(unchecked(AlignDown(segment.VirtualAddress, pageSize) + bias));
            ulong offset = AlignDown(segment.FileOffset, pageSize);
            for (int i = 0; i < looked; i++)
            {
                MemoryMapping mapping = mappings[i];
                if (mapping.Range.Contains(address)
                    && unchecked(mapping.FileOffset + (address.Value - mapping.Range.Address.Value)) == offset)
                {
                    score++;
                    break;
                }
            }
        }

        return score;
    }

    private static ulong AlignDown(ulong value, ulong pageSize) => value & ~(pageSize - 1);
}
