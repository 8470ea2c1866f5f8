using Pyflame.Processes;

namespace Pyflame.Recording;

/// <summary>Everything that one round reads of a process, joined into one list of ranges and one buffer.</summary>
/// <remarks>First the ranges that are not a thread's (GILs, heads of lists), then those of each thread one behind the other.</remarks>
internal sealed class RoundBuffer
{
    // Joined pieces stay so small that what lies between the ranges costs less than the pieces that it saves.
    private const int MostBytesAPiece = 32 * 1024;

    private readonly RangeReader _reader = new();
    private RemoteRange[] _ranges = new RemoteRange[16];
    private byte[] _bytes = new byte[16 * 1024];
    private int[] _starts = new int[8];
    private int[] _versions = new int[8];
    private int _rangeCount;
    private int _byteCount;
    private int _threadCount;
    private long _signature = -1;
    private bool _complete;

    /// <summary>How many bytes come before those of the first thread.</summary>
    public int CommonByteCount { get; private set; }

    /// <summary>What was read for the ranges that are not a thread's.</summary>
    public ReadOnlySpan<byte> Common => _bytes.AsSpan(0, CommonByteCount);

    /// <summary>Makes the list anew at the next <see cref="Join"/>: the threads or the common ranges are others now.</summary>
    public void Invalidate() => _signature = -1;

    /// <summary>Brings the list up to date; costs next to nothing while no thread's ranges changed.</summary>
    public void Join(ReadOnlySpan<RemoteRange> common, List<ThreadStack> threads)
    {
        long signature = threads.Count;
        foreach (ThreadStack thread in threads)
        {
            // Versions only grow, so that their sum changes whenever one of them does.
            signature += thread.Reader.RangesVersion;
        }

        if (signature == _signature)
        {
            return;
        }

        _signature = signature;
        _complete = false;
        _rangeCount = 0;
        _byteCount = 0;
        _threadCount = threads.Count;
        Append(common);
        CommonByteCount = _byteCount;
        if (_starts.Length < threads.Count)
        {
            _starts = new int[threads.Count * 2];
            _versions = new int[threads.Count * 2];
        }

        for (int i = 0; i < threads.Count; i++)
        {
            _starts[i] = _byteCount;
            _versions[i] = threads[i].Reader.RangesVersion;
            Append(threads[i].Reader.Ranges);
        }

        if (_bytes.Length < _byteCount)
        {
            _bytes = new byte[_byteCount * 2];
        }

        _reader.Plan(_ranges.AsSpan(0, _rangeCount), MostBytesAPiece);
    }

    /// <summary>Reads it all.</summary>
    /// <returns>Null where all was read, else the index of the first byte that could not be.</returns>
    public int? Read(MemoryReader memory)
    {
        int read = _reader.Read(memory, _bytes.AsSpan(0, _byteCount));
        _complete = read >= _byteCount;
        return read >= _byteCount ? null : Math.Max(0, read);
    }

    /// <summary>The bytes of a thread; empty where its ranges have changed since they were joined, or not all was read.</summary>
    public ReadOnlySpan<byte> Of(int index, ThreadStack thread) =>
        _complete && index < _threadCount && _versions[index] == thread.Reader.RangesVersion
            ? _bytes.AsSpan(_starts[index], thread.Reader.ByteCount)
            : default;

    /// <summary>Which thread a byte belongs to, and where in its bytes it lies; -1 where it is none's.</summary>
    public int ThreadAt(int byteIndex, out int offset)
    {
        int thread = _threadCount - 1;
        while (thread >= 0 && _starts[thread] > byteIndex)
        {
            thread--;
        }

        offset = thread < 0 ? byteIndex : byteIndex - _starts[thread];
        return thread;
    }

    private void Append(ReadOnlySpan<RemoteRange> ranges)
    {
        if (_ranges.Length < _rangeCount + ranges.Length)
        {
            Array.Resize(ref _ranges, (_rangeCount + ranges.Length) * 2);
        }

        ranges.CopyTo(_ranges.AsSpan(_rangeCount));
        _rangeCount += ranges.Length;
        foreach (RemoteRange range in ranges)
        {
            _byteCount += (int)range.Length;
        }
    }
}
