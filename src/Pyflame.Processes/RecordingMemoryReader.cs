namespace Pyflame.Processes;

/// <summary>Passes reads on and notes what they brought, so that a snapshot holds just what a reader needs.</summary>
/// <param name="inner">What is read really.</param>
/// <remarks>
/// Bytes that are read twice are kept as they were the last time; stop the target where that matters.
/// </remarks>
public sealed class RecordingMemoryReader(MemoryReader inner) : MemoryReader
{
    private readonly RangeBytes ranges = new();

    /// <inheritdoc/>
    public override int MaxRangesPerCall => inner.MaxRangesPerCall;

    /// <inheritdoc/>
    public override bool TryRead(RemoteAddress address, Span<byte> destination)
    {
        if (!inner.TryRead(address, destination))
        {
            return false;
        }

        ranges.Add(address, destination);
        return true;
    }

    /// <inheritdoc/>
    public override int ReadMany(ReadOnlySpan<RemoteRange> ranges, Span<byte> destination)
    {
        int count = inner.ReadMany(ranges, destination);
        ReadOnlySpan<byte> rest = destination[..count];
        foreach (RemoteRange range in ranges)
        {
            int part = (int)Math.Min(range.Length, (ulong)rest.Length);
            this.ranges.Add(range.Address, rest[..part]);
            rest = rest[part..];
        }

        return count;
    }

    /// <summary>Everything that was read so far.</summary>
    public SnapshotMemory ToSnapshot() => new(ranges);
}
