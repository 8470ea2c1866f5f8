using Pyflame.Processes;

namespace Pyflame.Python;

/// <content>The plan that holds one stack and nothing else.</content>
internal sealed partial class StackPlan
{
    /// <summary>Makes this plan what holds one stack and nothing else.</summary>
    /// <param name="wide">A plan that the stack was read with.</param>
    /// <param name="outermostFirst">Its frames.</param>
    /// <param name="cframe">The <c>_PyCFrame</c> that it was found through; null where there are none.</param>
    /// <returns>False where it can be no true stack: frames of the data stack out of the order of the calls, or a circle of others.</returns>
    public bool NarrowTo(StackPlan wide, ReadOnlySpan<RawFrame> outermostFirst, RemoteAddress cframe)
    {
        ReadOnlySpan<RemoteRange> chunks = wide.Chunks;
        Grow(3 + wide.SeparateFrameCount + chunks.Length);
        _count = 1;
        if (_cframeSize > 0 && !cframe.IsNull)
        {
            _ranges[_count++] = new RemoteRange(cframe, (ulong)_cframeSize);
        }

        _blockRange = _count;
        RemoteRange stack = wide.CStack;
        RemoteAddress lowest = stack.End;
        RemoteAddress highest = stack.Address;
        foreach (RawFrame frame in outermostFirst)
        {
            RemoteAddress first = frame.Address + _frameFirst;
            if (stack.Contains(first, (ulong)_frameSize))
            {
                lowest = first < lowest ? first : lowest;
                highest = first + _frameSize > highest ? first + _frameSize : highest;
            }
        }

        if (lowest < highest)
        {
            _ranges[_count++] = new RemoteRange(lowest, highest.Value - lowest.Value);
        }

        _frameRange = _count;
        bool ordered = true;
        foreach (RawFrame frame in outermostFirst)
        {
            RemoteAddress first = frame.Address + _frameFirst;
            if (!stack.Contains(first, (ulong)_frameSize) && IndexOfChunk(chunks, first) < 0)
            {
                // More than there are is a circle.
                ordered = _count - _frameRange < wide.SeparateFrameCount;
                if (!ordered)
                {
                    break;
                }

                _ranges[_count++] = new RemoteRange(first, (ulong)_frameSize);
            }
        }

        _chunkRange = _count;
        int newest = -1;
        foreach (RawFrame frame in outermostFirst)
        {
            RemoteAddress first = frame.Address + _frameFirst;
            int chunk = IndexOfChunk(chunks, first);
            if (chunk > newest)
            {
                newest = chunk;
                _ranges[_count++] = new RemoteRange(first, (ulong)_frameSize);
            }
            else if (chunk >= 0)
            {
                ref RemoteRange range = ref _ranges[_count - 1];
                ordered &= chunk == newest && first > range.Address;
                range = range with { Length = (first + _frameSize).Value - range.Address.Value };
            }
        }

        if (!ordered)
        {
            _count = _frameRange = _blockRange = _chunkRange = 1;
        }
        else if (newest >= 0)
        {
            // What the thread calls next lies behind; to the end of the page it costs nothing to read.
            ref RemoteRange range = ref _ranges[_count - 1];
            ulong end = Math.Min(chunks[newest].End.Value, (range.End.Value + PageSize - 1) & ~(PageSize - 1));
            range = range with { Length = end - range.Address.Value };
        }

        LayOut();
        return ordered;
    }

    private int IndexOfChunk(ReadOnlySpan<RemoteRange> chunks, RemoteAddress first)
    {
        for (int i = chunks.Length - 1; i >= 0; i--)
        {
            if (chunks[i].Contains(first, (ulong)_frameSize))
            {
                return i;
            }
        }

        return -1;
    }
}
