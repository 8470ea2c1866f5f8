using System.Buffers.Binary;
using Pyflame.Processes;

namespace Pyflame.Tests.Python.Snapshots;

/// <summary>The memory of a snapshot, to be changed word by word, which counts what is read of it.</summary>
internal sealed class ChangeableMemory : MemoryReader
{
    private readonly RemoteAddress[] _starts;
    private readonly byte[][] _bytes;
    private readonly int[] _lengths;

    public ChangeableMemory(SnapshotMemory snapshot)
    {
        RemoteRange[] ranges = [.. snapshot.Ranges];
        _starts = [.. ranges.Select(range => range.Address)];
        _bytes = [.. ranges.Select(range => new byte[range.Length])];
        _lengths = [.. _bytes.Select(bytes => bytes.Length)];
        for (int i = 0; i < ranges.Length; i++)
        {
            Assert.True(snapshot.TryRead(_starts[i], _bytes[i]));
        }
    }

    /// <summary>How often it was asked for anything.</summary>
    public int Calls { get; private set; }

    /// <summary>How many calls it answers before it throws, so that what never ends is a failure.</summary>
    public int MaxCalls { get; set; } = int.MaxValue;

    /// <summary>Begins to count anew.</summary>
    public void ResetCalls() => Calls = 0;

    /// <summary>All pieces with their addresses.</summary>
    public IEnumerable<(RemoteAddress Address, byte[] Bytes)> Pieces => _starts.Zip(_bytes);

    /// <summary>Lets a piece end early, or as late as before.</summary>
    public void SetEnd(int piece, int length) => _lengths[piece] = length;

    /// <summary>The addresses of all words of 8 bytes that are not zero.</summary>
    public IEnumerable<RemoteAddress> Words()
    {
        for (int i = 0; i < _starts.Length; i++)
        {
            int first = (int)(-(long)_starts[i].Value & 7);
            for (int at = first; at + 8 <= _bytes[i].Length; at += 8)
            {
                if (BinaryPrimitives.ReadUInt64LittleEndian(_bytes[i].AsSpan(at)) != 0)
                {
                    yield return _starts[i] + at;
                }
            }
        }
    }

    /// <summary>Replaces a word.</summary>
    /// <returns>What was there.</returns>
    public ulong Exchange(RemoteAddress address, ulong value)
    {
        int index = Find(address);
        Span<byte> word = _bytes[index].AsSpan((int)(address - _starts[index]), 8);
        ulong before = BinaryPrimitives.ReadUInt64LittleEndian(word);
        BinaryPrimitives.WriteUInt64LittleEndian(word, value);
        return before;
    }

    public override bool TryRead(RemoteAddress address, Span<byte> destination)
    {
        Count();
        return ReadPart(address, destination) == destination.Length;
    }

    public override int ReadMany(ReadOnlySpan<RemoteRange> ranges, Span<byte> destination)
    {
        Count();
        return base.ReadMany(ranges, destination);
    }

    private void Count()
    {
        if (++Calls > MaxCalls)
        {
            throw new InvalidOperationException($"More than {MaxCalls} reads: this may never end.");
        }
    }

    private int Find(RemoteAddress address)
    {
        int index = Array.BinarySearch(_starts, address);
        return index < 0 ? ~index - 1 : index;
    }

    protected override int ReadPart(RemoteAddress address, Span<byte> destination)
    {
        int index = Find(address);
        if (index < 0 || address.Value - _starts[index].Value >= (ulong)_lengths[index])
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = _bytes[index].AsSpan(0, _lengths[index])[(int)(address - _starts[index])..];
        int count = Math.Min(rest.Length, destination.Length);
        rest[..count].CopyTo(destination);
        return count;
    }
}
