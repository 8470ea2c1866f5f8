namespace Pyflame.Profiles.Packing;

/// <summary>Unpacks what <see cref="SampleBlockEncoder"/> packed; bytes of any content are safe.</summary>
internal sealed class SampleBlockDecoder
{
    private readonly ThreadExpectations _threads = new();

    // Where the next value of each column is, and where the column ends.
    private readonly int[] _at = new int[SampleColumns.Count];
    private readonly int[] _end = new int[SampleColumns.Count];
    private byte[] _columns = new byte[64 * 1024];
    private int _lastThread;
    private long _lastTime;
    private int _threadCount;
    private int _stackCount;

    /// <summary>How many samples are left.</summary>
    public int Remaining { get; private set; }

    /// <summary>Begins a block.</summary>
    /// <param name="block">The block as it is stored; not needed any more afterwards.</param>
    /// <param name="threadCount">How many threads there are; ids beyond make the block invalid.</param>
    /// <param name="stackCount">How many stacks there are; likewise.</param>
    /// <returns>False where it is not valid.</returns>
    public bool TryStart(ReadOnlySpan<byte> block, int threadCount, int stackCount)
    {
        Remaining = 0;
        _threadCount = threadCount;
        _stackCount = stackCount;
        _lastThread = 0;
        _lastTime = 0;
        _threads.Clear();

        int countBytes = VarInt.Read(block, out ulong count);
        int lengthBytes = VarInt.Read(block[countBytes..], out ulong length);
        if (countBytes == 0 || lengthBytes == 0 || count > SampleBlockEncoder.Capacity
            || length > ProfileFileLayout.MaxPayloadBytes || !TryUnpack(block[(countBytes + lengthBytes)..], (int)length))
        {
            return false;
        }

        var lengths = new PackedReader(_columns.AsSpan(0, (int)length));
        long total = 0;
        for (int column = 0; column < SampleColumns.Count; column++)
        {
            if (!lengths.TryRead(length, out ulong columnLength))
            {
                return false;
            }

            total += (long)columnLength;
            _end[column] = (int)columnLength;
        }

        if (total != lengths.Remaining || _end[SampleColumns.Tags] != (int)count)
        {
            return false;
        }

        int at = (int)length - lengths.Remaining;
        for (int column = 0; column < SampleColumns.Count; column++)
        {
            _at[column] = at;
            at += _end[column];
            _end[column] = at;
        }

        Remaining = (int)count;
        return true;
    }

    /// <summary>Unpacks the next sample.</summary>
    /// <returns>False at the end of the block, and where it is not valid from here on.</returns>
    public bool TryRead(out Sample sample)
    {
        sample = default;
        if (Remaining == 0 || !TryRead(SampleColumns.Times, long.MaxValue, out ulong step))
        {
            return false;
        }

        var tag = (SampleTag)_columns[_at[SampleColumns.Tags]++];
        ulong thread;
        if ((tag & SampleTag.Thread) != 0)
        {
            if (!TryRead(SampleColumns.Threads, int.MaxValue, out thread))
            {
                return false;
            }
        }
        else
        {
            thread = (ulong)_threads.Next(_lastThread);
        }

        if (thread >= (ulong)_threadCount)
        {
            return false;
        }

        _threads.SetNext(_lastThread, (int)thread);
        _threads.EnsureThread((int)thread);
        ref ThreadExpectation expected = ref _threads[(int)thread];
        if ((tag & SampleTag.Stack) != 0)
        {
            if (!TryRead(SampleColumns.Stacks, int.MaxValue, out ulong stack) || stack >= (ulong)_stackCount)
            {
                return false;
            }

            expected.Stack = (int)stack;
        }

        if ((tag & SampleTag.State) != 0)
        {
            if (!TryRead(SampleColumns.States, int.MaxValue, out ulong state))
            {
                return false;
            }

            expected.State = (int)state;
        }

        ulong weight = 1;
        if ((tag & SampleTag.Weight) != 0 && !TryRead(SampleColumns.Weights, int.MaxValue, out weight))
        {
            return false;
        }

        _lastTime = unchecked((tag & SampleTag.Backwards) != 0 ? _lastTime - (long)step : _lastTime + (long)step);
        _lastThread = (int)thread;
        Remaining--;
        sample = new Sample(
            unchecked(_lastTime * SampleBlockEncoder.TimeUnit), new ProfiledThreadId((int)thread), new StackId(expected.Stack),
            (SampleState)expected.State, (int)weight);
        return true;
    }

    private bool TryUnpack(ReadOnlySpan<byte> stored, int length)
    {
        if (_columns.Length < length)
        {
            _columns = new byte[length];
        }

        Span<byte> columns = _columns.AsSpan(0, length);
        if (stored.Length == length)
        {
            stored.CopyTo(columns);
            return true;
        }

        return Compression.TryUnpack(stored, columns);
    }

    private bool TryRead(int column, ulong most, out ulong value)
    {
        ref int at = ref _at[column];
        int end = _end[column];

        // Nearly every number is of one byte.
        if (at < end && _columns[at] < 0x80)
        {
            value = _columns[at++];
            return true;
        }

        int length = VarInt.Read(_columns.AsSpan(at, end - at), out value);
        at += length;
        return length > 0 && value <= most;
    }
}
