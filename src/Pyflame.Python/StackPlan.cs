using System.Runtime.CompilerServices;
using Pyflame.Processes;

namespace Pyflame.Python;

/// <summary>
/// Which addresses hold one thread's stack, as far as is known from the samples before: its thread state, the frames outside
/// the data stack (heap frames up to 3.10, generators and C-stack entry frames later), and the used part of each data-stack chunk.
/// </summary>
/// <remarks>
/// The bytes of a sample lie in the order of the ranges: thread state, <c>_PyCFrame</c>s, the part of the C stack that entry frames lie in, single frames,
/// chunks from the oldest on. The kernel takes 0.3 us or more for each range (mm/process_vm_access.c pins and releases its pages), and what lies nearest to the
/// chunks changes fastest. A plan that is wrong costs a second read, never a wrong sample: what was not read is <see cref="StackStatus.Missed"/>.
/// </remarks>
internal sealed partial class StackPlan
{
    // On 3.11 and 3.12 the innermost frame is found through a _PyCFrame on the C stack; a call through C makes another one.
    private const int MaxCFrames = 4;
    private const ulong PageSize = 4096;

    // The first slot of the first chunk stays empty (push_chunk, Python/pystate.c).
    internal const long FirstFrameOffset = 8;

    private readonly int _cframeSize;
    private readonly int _frameFirst;
    private readonly int _frameSize;
    private RemoteRange[] _ranges = new RemoteRange[8];
    private int[] _starts = new int[8];
    private long[] _lastUsed = new long[8];
    private int[] _table = new int[16];
    private int _count = 1;
    private int _blockRange = 1;
    private int _frameRange = 1;
    private int _chunkRange = 1;
    private int _oldestCFrame;

    /// <summary>Makes the plan that knows only the thread state.</summary>
    /// <param name="threadState">The thread state, in the target.</param>
    /// <param name="threadStateSize">How many of its bytes are wanted.</param>
    /// <param name="cframeSize">How many bytes of a <c>_PyCFrame</c> are wanted; 0 where there are none.</param>
    /// <param name="frameFirst">The first byte of a frame that is wanted.</param>
    /// <param name="frameEnd">The byte behind the last one of a frame that is wanted.</param>
    public StackPlan(RemoteAddress threadState, int threadStateSize, int cframeSize, int frameFirst, int frameEnd)
    {
        _cframeSize = cframeSize;
        _frameFirst = frameFirst;
        _frameSize = frameEnd - frameFirst;
        _ranges[0] = new RemoteRange(threadState, (ulong)threadStateSize);
        LayOut();
    }

    /// <summary>Changes whenever the ranges do, so that joined lists of ranges know when to be made anew.</summary>
    public int Version { get; private set; }

    /// <summary>Everything to read, in order.</summary>
    public ReadOnlySpan<RemoteRange> Ranges => _ranges.AsSpan(0, _count);

    /// <summary>How many bytes all the ranges hold.</summary>
    public int ByteCount { get; private set; }

    /// <summary>How many bytes the thread state has, which comes first.</summary>
    public int ThreadStateSize => (int)_ranges[0].Length;

    /// <summary>How many bytes come before all frames: those of the thread state and the <c>_PyCFrame</c>s.</summary>
    public int HeadSize { get; private set; }

    /// <summary>Where in the bytes of a sample the single frames begin.</summary>
    public int SeparateStart { get; private set; }

    /// <summary>Where in the bytes of a sample the data-stack chunks begin.</summary>
    public int ChunksStart { get; private set; }

    /// <summary>Where in the bytes of a sample the newest data-stack chunk begins.</summary>
    public int StartOfNewestChunk => _starts[_count - 1];

    /// <summary>The ranges of the data-stack chunks, oldest first.</summary>
    public ReadOnlySpan<RemoteRange> Chunks => _ranges.AsSpan(_chunkRange, _count - _chunkRange);

    /// <summary>How many ranges come before the frames: the thread state and the <c>_PyCFrame</c>s.</summary>
    public int HeadCount => _blockRange;

    /// <summary>The part of the C stack that entry frames lie in; empty where there is none.</summary>
    public RemoteRange CStack => _frameRange > _blockRange ? _ranges[_blockRange] : default;

    /// <summary>The ranges of the single frames.</summary>
    public ReadOnlySpan<RemoteRange> SeparateFrames => _ranges.AsSpan(_frameRange, SeparateFrameCount);

    /// <summary>How many single frames are remembered.</summary>
    public int SeparateFrameCount => _chunkRange - _frameRange;

    /// <summary>Finds where the bytes of a frame lie.</summary>
    /// <param name="frame">The frame, in the target.</param>
    /// <param name="chunkHint">Where the last frame was found; begins as <c>int.MaxValue</c> and is kept by the caller.</param>
    /// <returns>The offset of the frame's byte 0 in the bytes of a sample (negative where only later bytes were read), or <see cref="int.MinValue"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(RemoteAddress frame, ref int chunkHint)
    {
        RemoteAddress first = frame + _frameFirst;
        if ((uint)chunkHint < (uint)_count && _ranges[chunkHint].Contains(first, (ulong)_frameSize))
        {
            return _starts[chunkHint] + (int)(frame - _ranges[chunkHint].Address);
        }

        // Single frames, of which there may be thousands, are looked up in a table.
        for (int i = _count > _chunkRange ? _count - 1 : _frameRange - 1; i >= _blockRange; i = i == _chunkRange ? _frameRange - 1 : i - 1)
        {
            if (_ranges[i].Contains(first, (ulong)_frameSize))
            {
                chunkHint = i;
                return _starts[i] + (int)(frame - _ranges[i].Address);
            }
        }

        int found = FindSeparate(first);
        return found < 0 ? int.MinValue : _starts[found] - _frameFirst;
    }

    /// <summary>As <see cref="Find(RemoteAddress, ref int)"/>, of a frame by itself.</summary>
    public int Find(RemoteAddress frame)
    {
        int hint = int.MaxValue;
        return Find(frame, ref hint);
    }

    /// <summary>Whether a frame lies at the beginning of the oldest chunk.</summary>
    public bool IsFirstOfDataStack(RemoteAddress frame) => _count > _chunkRange && frame - _ranges[_chunkRange].Address is >= 0 and <= FirstFrameOffset;

    /// <summary>Whether a place in the bytes of a sample is in the part of the C stack that entry frames lie in.</summary>
    public bool IsInCStack(int start) => _frameRange > _blockRange && start >= _starts[_blockRange] && start < SeparateStart;

    /// <summary>Where the bytes of the chunk end that a frame's bytes lie in; 0 where they lie in none.</summary>
    /// <param name="start">Where the frame begins in the bytes of a sample.</param>
    public int EndOfChunkAt(int start)
    {
        int index = _count - 1;
        while (index >= _chunkRange && _starts[index] > start)
        {
            index--;
        }

        return index < _chunkRange ? 0 : _starts[index] + (int)_ranges[index].Length;
    }

    /// <summary>Finds where the bytes of a <c>_PyCFrame</c> lie.</summary>
    /// <returns>The offset in the bytes of a sample, or -1.</returns>
    public int FindCFrame(RemoteAddress cframe)
    {
        for (int i = 1; i < _blockRange; i++)
        {
            if (_ranges[i].Address == cframe)
            {
                return _starts[i];
            }
        }

        return -1;
    }

    /// <summary>Remembers a <c>_PyCFrame</c>, in the place of the oldest where there are many.</summary>
    public void AddCFrame(RemoteAddress cframe)
    {
        var range = new RemoteRange(cframe, (ulong)_cframeSize);
        if (_blockRange > MaxCFrames)
        {
            _ranges[1 + _oldestCFrame] = range;
            _oldestCFrame = (_oldestCFrame + 1) % MaxCFrames;
        }
        else
        {
            Insert(_blockRange, range);
            _blockRange++;
        }

        LayOut();
    }

    /// <summary>Notes that a frame outside the data stack was used now.</summary>
    public void Touch(RemoteAddress frame, long tick)
    {
        int found = FindSeparate(frame + _frameFirst);
        if (found >= 0)
        {
            _lastUsed[found] = tick;
        }
    }

    /// <summary>Remembers frames outside the data stack.</summary>
    public void AddSeparate(ReadOnlySpan<RemoteAddress> frames, long tick)
    {
        if (frames.IsEmpty)
        {
            return;
        }

        Grow(_count + frames.Length);
        Array.Copy(_ranges, _chunkRange, _ranges, _chunkRange + frames.Length, _count - _chunkRange);
        _count += frames.Length;
        foreach (RemoteAddress frame in frames)
        {
            _ranges[_chunkRange] = new RemoteRange(frame + _frameFirst, (ulong)_frameSize);
            _lastUsed[_chunkRange++] = tick;
        }

        LayOut();
    }

    /// <summary>
    /// Orders the frames outside the data stack by their last use: those that are used now are read right before the data stack. What follows must change
    /// the ranges.
    /// </summary>
    public void SortSeparate() => Array.Sort(_lastUsed, _ranges, _frameRange, SeparateFrameCount);

    /// <summary>Forgets the frames outside the data stack that were not used since <paramref name="tick"/>.</summary>
    public void ForgetSeparateBefore(long tick)
    {
        int kept = _frameRange;
        for (int i = _frameRange; i < _count; i++)
        {
            if (i >= _chunkRange || _lastUsed[i] >= tick)
            {
                _ranges[kept] = _ranges[i];
                _lastUsed[kept] = _lastUsed[i];
                kept++;
            }
        }

        if (kept == _count)
        {
            return;
        }

        _chunkRange -= _count - kept;
        _count = kept;
        LayOut();
    }

    /// <summary>Replaces the part of the C stack that entry frames lie in.</summary>
    /// <param name="range">The part; empty for none.</param>
    public void SetCStack(RemoteRange range)
    {
        if (range.Length == 0)
        {
            Remove(_blockRange, _frameRange - _blockRange);
            _frameRange = _blockRange;
        }
        else if (_frameRange > _blockRange)
        {
            _ranges[_blockRange] = range;
        }
        else
        {
            Insert(_blockRange, range);
        }

        LayOut();
    }

    /// <summary>Replaces the ranges of the data-stack chunks.</summary>
    public void SetChunks(ReadOnlySpan<RemoteRange> oldestFirst)
    {
        Grow(_chunkRange + oldestFirst.Length);
        oldestFirst.CopyTo(_ranges.AsSpan(_chunkRange));
        _count = _chunkRange + oldestFirst.Length;
        LayOut();
    }

    /// <summary>Forgets the range in which byte <paramref name="byteIndex"/> of a sample lies: it can no longer be read.</summary>
    /// <returns>False where that is the thread state itself: the thread is gone.</returns>
    public bool ForgetUnreadable(int byteIndex)
    {
        int index = 1;
        while (index < _count && _starts[index] + (int)_ranges[index].Length <= byteIndex)
        {
            index++;
        }

        if (byteIndex < ThreadStateSize || index >= _count)
        {
            return false;
        }

        if (index >= _chunkRange)
        {
            // A chunk that is gone takes the newer ones with it.
            _count = index;
        }
        else
        {
            Remove(index, 1);
            _frameRange -= index < _frameRange ? 1 : 0;
            _blockRange -= index < _blockRange ? 1 : 0;
            _oldestCFrame = 0;
        }

        LayOut();
        return true;
    }

    /// <summary>Makes room for a range before the single frames.</summary>
    private void Insert(int index, RemoteRange range)
    {
        Grow(_count + 1);
        Array.Copy(_ranges, index, _ranges, index + 1, _count - index);
        Array.Copy(_lastUsed, index, _lastUsed, index + 1, _count - index);
        _ranges[index] = range;
        _frameRange++;
        _chunkRange++;
        _count++;
    }

    /// <summary>Drops ranges before the chunks.</summary>
    private void Remove(int index, int count)
    {
        Array.Copy(_ranges, index + count, _ranges, index, _count - index - count);
        Array.Copy(_lastUsed, index + count, _lastUsed, index, _count - index - count);
        _chunkRange -= count;
        _count -= count;
    }

    private int FindSeparate(RemoteAddress first)
    {
        int mask = _table.Length - 1;
        for (int slot = Hash(first) & mask; _table[slot] != 0; slot = (slot + 1) & mask)
        {
            if (_ranges[_table[slot]].Address == first)
            {
                return _table[slot];
            }
        }

        return -1;
    }

    private static int Hash(RemoteAddress address) => (int)((address.Value >> 3) * 0x9E3779B97F4A7C15UL >> 33);

    private void Grow(int count)
    {
        if (count > _ranges.Length)
        {
            int size = Math.Max(count, _ranges.Length * 2);
            Array.Resize(ref _ranges, size);
            Array.Resize(ref _starts, size);
            Array.Resize(ref _lastUsed, size);
        }
    }

    private void LayOut()
    {
        int start = 0;
        for (int i = 0; i < _count; i++)
        {
            _starts[i] = start;
            start += (int)_ranges[i].Length;
        }

        ByteCount = start;
        HeadSize = StartOf(_blockRange);
        SeparateStart = StartOf(_frameRange);
        ChunksStart = StartOf(_chunkRange);

        int size = 16;
        while (size < SeparateFrameCount * 2)
        {
            size *= 2;
        }

        if (_table.Length < size)
        {
            _table = new int[size];
        }
        else
        {
            Array.Clear(_table);
        }

        int mask = _table.Length - 1;
        for (int i = _frameRange; i < _chunkRange; i++)
        {
            int slot = Hash(_ranges[i].Address) & mask;
            while (_table[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _table[slot] = i;
        }

        Version++;
    }

    private int StartOf(int index) => index < _count ? _starts[index] : ByteCount;
}
