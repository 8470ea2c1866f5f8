using System.Diagnostics;

namespace Pyflame.Profiles.Packing;

/// <summary>Packs samples, a few bytes each, into a block that is read without any other.</summary>
/// <remarks>
/// A sampler goes round the threads in one order, and most threads stand where they stood a round ago, so what is expected
/// costs nothing: the thread that followed this one before, and its stack and state as they were. What is expected is learned
/// within the block only. Each kind of value has a column of its own, since like bytes compress best among themselves. The
/// layout is in docs/profile-file.md. Allocates nothing once the highest thread has been seen.
/// </remarks>
internal sealed class SampleBlockEncoder
{
    /// <summary>How many samples a block takes.</summary>
    public const int Capacity = 8192;

    /// <summary>Nanoseconds in one unit of the encoded time.</summary>
    public const long TimeUnit = 1000;

    private readonly byte[][] _columns = new byte[SampleColumns.Count][];
    private readonly int[] _lengths = new int[SampleColumns.Count];
    private readonly ThreadExpectations _threads = new();
    private readonly byte[] _joined;
    private readonly byte[] _packed;
    private int _lastThread;
    private long _lastTime;

    /// <summary>Begins with an empty block.</summary>
    public SampleBlockEncoder()
    {
        int longest = SampleColumns.Count * VarInt.MaxBytes32;
        for (int column = 0; column < SampleColumns.Count; column++)
        {
            _columns[column] = new byte[Capacity * SampleColumns.MaxBytes[column]];
            longest += _columns[column].Length;
        }

        _joined = new byte[longest];
        _packed = new byte[(3 * VarInt.MaxBytes32) + Compression.MaxLength(longest)];
    }

    /// <summary>How many samples the block holds.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the block takes no more.</summary>
    public bool IsFull => Count == Capacity;

    /// <summary>Adds one sample. The block must not be full.</summary>
    public void Add(in Sample sample)
    {
        Debug.Assert(!IsFull, "The owner takes the block away when it is full.");
        int thread = sample.Thread.Value;
        _threads.EnsureThread(thread);
        ref ThreadExpectation expected = ref _threads[thread];
        SampleTag tag = SampleTag.None;

        long time = FloorDivide(sample.TimestampNanoseconds, TimeUnit);
        long step = time - _lastTime;
        if (step < 0)
        {
            tag |= SampleTag.Backwards;
            step = -step;
        }

        Append(SampleColumns.Times, (ulong)step);
        if (_threads.Next(_lastThread) != thread)
        {
            tag |= SampleTag.Thread;
            Append(SampleColumns.Threads, (uint)thread);
            _threads.SetNext(_lastThread, thread);
        }

        if (expected.Stack != sample.Stack.Value)
        {
            tag |= SampleTag.Stack;
            Append(SampleColumns.Stacks, (uint)sample.Stack.Value);
            expected.Stack = sample.Stack.Value;
        }

        if (expected.State != (int)sample.State)
        {
            tag |= SampleTag.State;
            Append(SampleColumns.States, (uint)sample.State);
            expected.State = (int)sample.State;
        }

        if (sample.Weight != 1)
        {
            tag |= SampleTag.Weight;
            Append(SampleColumns.Weights, (uint)sample.Weight);
        }

        _columns[SampleColumns.Tags][_lengths[SampleColumns.Tags]++] = (byte)tag;
        _lastThread = thread;
        _lastTime = time;
        Count++;
    }

    /// <summary>The block as it is stored, valid until the next call; it stays open for more samples.</summary>
    public ReadOnlySpan<byte> Pack()
    {
        int joined = 0;
        foreach (int length in _lengths)
        {
            joined += VarInt.Write(_joined.AsSpan(joined), (uint)length);
        }

        for (int column = 0; column < SampleColumns.Count; column++)
        {
            _columns[column].AsSpan(0, _lengths[column]).CopyTo(_joined.AsSpan(joined));
            joined += _lengths[column];
        }

        int start = VarInt.Write(_packed, (uint)Count);
        start += VarInt.Write(_packed.AsSpan(start), (uint)joined);
        if (!Compression.TryCompress(_joined.AsSpan(0, joined), _packed.AsSpan(start), out int stored))
        {
            // A few samples: what is as long as the unpacked length says is not compressed.
            _joined.AsSpan(0, joined).CopyTo(_packed.AsSpan(start));
            stored = joined;
        }

        return _packed.AsSpan(0, start + stored);
    }

    /// <summary>Empties the block.</summary>
    public void Clear()
    {
        Array.Clear(_lengths);
        Count = 0;
        _lastThread = 0;
        _lastTime = 0;
        _threads.Clear();
    }

    private static long FloorDivide(long value, long divisor) =>
        (value / divisor) - (value % divisor < 0 ? 1 : 0);

    private void Append(int column, ulong value)
    {
        byte[] bytes = _columns[column];
        ref int length = ref _lengths[column];
        if (value < 0x80)
        {
            bytes[length++] = (byte)value;
        }
        else
        {
            length += VarInt.Write(bytes.AsSpan(length), value);
        }
    }
}
