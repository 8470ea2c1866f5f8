using Pyflame.Processes;

namespace Pyflame.Python;

/// <content>
/// Finding the stack in the copy of the data stack itself: the thread state is read a little earlier, and what it leads to may have returned by then,
/// or called others.
/// </content>
public sealed partial class StackReader
{
    private int[] _walked = new int[64];
    private int _walkedCount;

    /// <summary>
    /// The code that the innermost frame called last, where that has returned and the frame has yet to go on; else null. Where that call is none that
    /// the code makes, the frame is in another.
    /// </summary>
    public RemoteAddress Returned { get; private set; }

    /// <summary>Whether the copy of the data stack does not tell which of its frames is the innermost, though it should.</summary>
    public bool IsAmbiguous { get; private set; }

    /// <summary>
    /// Whether the stack was found without the frame that the thread state leads to, through a <c>_PyCFrame</c> that was not read: then it lacks a
    /// generator that the innermost frame runs, if that was never read either. <see cref="Learn"/> has it read the next time.
    /// </summary>
    public bool LacksCurrent { get; private set; }

    /// <summary>Whether a frame is a generator's, which does not lie in the data stack (3.11+).</summary>
    /// <param name="index">Which of <see cref="Frames"/>.</param>
    public bool IsGenerator(int index) => !_frames[index].Code.IsNull && _lastPlan is { Chunks.IsEmpty: false } plan && _starts[index] < plan.ChunksStart;

    /// <summary>Finds the stack of a thread that may run.</summary>
    private StackStatus DecodeMoving(ReadOnlySpan<byte> sample, StackPlan plan)
    {
        Returned = RemoteAddress.Null;
        IsAmbiguous = LacksCurrent = false;
        Prepare(plan);
        int unchanged = CountUnchanged(sample);
        if (_codes is null || plan.Chunks.IsEmpty || _plan.Chunks.IsEmpty
            || DataStack.DataOf(ThreadState(sample).DataStackChunk) != _plan.Chunks[^1].Address)
        {
            return FollowAndSettle(sample, plan, unchanged);
        }

        int from = unchanged - 1;
        while (from >= 0 && _starts[from] < plan.StartOfNewestChunk)
        {
            from--;
        }

        if (from < 0 && _plan.Chunks.Length > 1)
        {
            return FollowAndSettle(sample, plan, unchanged);
        }

        LacksCurrent = !TryFindCurrent(sample, plan, out RemoteAddress current);
        if (LacksCurrent && plan == _narrow)
        {
            return MissCFrame(current);
        }

        // Where that is not in the data stack, it is the frame of a generator, which may never have been read.
        int separate = LacksCurrent || _plan.Chunks[^1].Contains(current) ? int.MaxValue : plan.Find(current);
        if (separate == int.MinValue && !IsNearCStack(current))
        {
            return Miss(current);
        }

        bool isCertain = TryWalk(sample, plan, from, out RemoteAddress unread);
        if (_keeper.IsInNewestChunk(unread))
        {
            return Miss(unread);
        }

        int generators = _walkedCount == 0 ? 0 : CollectGenerators(sample, plan);
        if (generators == 0 && (!isCertain || IsGeneratorAt(sample, plan, separate)))
        {
            IsAmbiguous = true;
            return FollowAndSettle(sample, plan, unchanged);
        }

        if (generators > 0)
        {
            Returned = RemoteAddress.Null;
        }

        int count = generators;
        StackStatus status = Collect(sample, plan, from, ref count);
        if (status != StackStatus.Complete)
        {
            _isDecoded = IsExact = false;
            return status;
        }

        _tick++;
        Keep(plan, sample, from + 1, count);
        _reused = from + 1;
        ContextVersion = ThreadState(sample).ContextVersion;
        _isDecoded = true;
        _missingCFrame = LacksCurrent ? current : RemoteAddress.Null;
        IsExact = Returned.IsNull && (generators == 0 || _marks.IsRunning(sample, _starts[Depth - 1]));
        return StackStatus.Complete;
    }

    /// <summary>
    /// Walks along the newest chunk of the data stack, in which each frame begins where the one before ends, to the last one that is not known to
    /// have returned; notes where they begin.
    /// </summary>
    /// <param name="sample">The copy.</param>
    /// <param name="plan">How it is laid out.</param>
    /// <param name="from">Which of <see cref="Frames"/> to begin with, which has not changed; -1 for the first of the chunk.</param>
    /// <param name="unread">Where the next frame would lie, which was not read; else null.</param>
    /// <returns>Whether that is surely the innermost of them.</returns>
    private bool TryWalk(ReadOnlySpan<byte> sample, StackPlan plan, int from, out RemoteAddress unread)
    {
        unread = RemoteAddress.Null;
        long first = from >= 0 ? 0 : _plan.Chunks[^1].Address - plan.Chunks[^1].Address + StackPlan.FirstFrameOffset;
        int start = from >= 0 ? _starts[from] : plan.StartOfNewestChunk + (int)first;
        bool isRunning = false;
        _walkedCount = 0;
        while (first >= 0 && start + _frameEnd <= plan.ByteCount)
        {
            RawFrame frame = ReadFrame(sample, start, RemoteAddress.Null);

            CodeObject? code = frame.Code.IsNull ? null : _codes!.Peek(frame.Code);
            if (code is null)
            {
                // What lies behind a frame that runs is nothing, as a rule, but may be what its C code has called.
                if (isRunning && !MayBeCalledBy(sample, plan, start, _walked[_walkedCount - 1]))
                {
                    return true;
                }

                code = frame.Code.IsNull ? null : _codes!.Get(frame.Code);
            }

            if (code is not { FrameSize: > 0 })
            {
                return false;
            }

            bool runs = _marks.IsRunning(sample, start);
            if (!runs && code.IsReturn(frame.Instruction))
            {
                Returned = isRunning ? RemoteAddress.Null : frame.Code;
                return _walkedCount > 0;
            }

            if (_walkedCount == _walked.Length)
            {
                Array.Resize(ref _walked, _walkedCount * 2);
            }

            _walked[_walkedCount++] = start;
            if (!runs && code.IsStart(frame.Instruction))
            {
                return true;
            }

            isRunning = runs;
            start += code.FrameSize;
        }

        if (_walkedCount > 0)
        {
            unread = plan.Chunks[^1].Address + (start - plan.StartOfNewestChunk);
        }

        return isRunning;
    }

    /// <summary>Whether a frame's caller may be the frame before it in the data stack, or an entry frame or a generator of that one.</summary>
    private bool MayBeCalledBy(ReadOnlySpan<byte> sample, StackPlan plan, int start, int before)
    {
        RemoteAddress previous = ReadAddress(sample, start + _previous);
        return previous - plan.Chunks[^1].Address == before - plan.StartOfNewestChunk || IsNearCStack(previous)
            || plan.Find(previous) is not int.MinValue and var found && found < plan.ChunksStart;
    }

    /// <summary>Collects the generators that the last frame walked along to runs, innermost first.</summary>
    /// <returns>How many.</returns>
    private int CollectGenerators(ReadOnlySpan<byte> sample, StackPlan plan)
    {
        int count = 0;
        RemoteAddress top = plan.Chunks[^1].Address + (_walked[_walkedCount - 1] - plan.StartOfNewestChunk);
        while (count < MaxGenerators && FindGenerator(sample, plan, top, out RemoteAddress entry) is { IsNull: false } generator)
        {
            if (!entry.IsNull)
            {
                Add(sample, plan.Find(entry), entry, count++);
            }

            Add(sample, plan.Find(generator), generator, count++);
            _keeper.Touch(generator, _tick);
            top = generator;
        }

        _found.AsSpan(0, count).Reverse();
        _foundStarts.AsSpan(0, count).Reverse();
        return count;
    }

    /// <summary>Collects the frames that were walked along behind <paramref name="from"/>, innermost first, and the generators between them.</summary>
    /// <param name="sample">The copy.</param>
    /// <param name="plan">How it is laid out.</param>
    /// <param name="from">As in <see cref="TryWalk"/>.</param>
    /// <param name="count">How many there are.</param>
    private StackStatus Collect(ReadOnlySpan<byte> sample, StackPlan plan, int from, ref int count)
    {
        RemoteAddress chunk = plan.Chunks[^1].Address;
        RemoteAddress address = chunk + (_walked[_walkedCount - 1] - plan.StartOfNewestChunk);
        for (int i = _walkedCount - 1; i >= (from >= 0 ? 1 : 0); i--)
        {
            Add(sample, _walked[i], address, count++);
            RemoteAddress previous = ReadAddress(sample, _walked[i] + _previous);
            address = i == 0 ? RemoteAddress.Null : chunk + (_walked[i - 1] - plan.StartOfNewestChunk);
            for (int generators = 0; previous != address && !previous.IsNull; generators++)
            {
                int start = plan.Find(previous);
                if (start == int.MinValue && !IsNearCStack(previous))
                {
                    return Miss(previous);
                }

                // Entry frames, which lie on the C stack, are not wanted.
                if (start == int.MinValue || plan.IsInCStack(start))
                {
                    break;
                }

                if (start >= plan.ChunksStart || generators == MaxGenerators)
                {
                    return StackStatus.Torn;
                }

                Add(sample, start, previous, count++);
                _keeper.Touch(previous, _tick);
                if (!IsGeneratorAt(sample, plan, start))
                {
                    // It was read a little earlier, before the generator was made that has called.
                    IsAmbiguous = true;
                    break;
                }

                previous = ReadAddress(sample, start + _previous);
            }
        }

        return StackStatus.Complete;
    }

    /// <summary>Whether an address lies where the thread's entry frames do.</summary>
    private bool IsNearCStack(RemoteAddress address)
    {
        RemoteRange known = _plan.CStack;
        return known.Length > 0 && address.Value - (known.Address.Value - StackPlanKeeper.MostCStack) < 2 * StackPlanKeeper.MostCStack;
    }

    /// <summary>Finds the generator that a frame runs.</summary>
    /// <param name="sample">The copy.</param>
    /// <param name="plan">How it is laid out.</param>
    /// <param name="caller">The frame.</param>
    /// <param name="entry">The entry frame between the two; null where there is none.</param>
    /// <returns>The generator's frame; null where there is none.</returns>
    private RemoteAddress FindGenerator(ReadOnlySpan<byte> sample, StackPlan plan, RemoteAddress caller, out RemoteAddress entry)
    {
        ReadOnlySpan<RemoteRange> frames = plan.Ranges.Slice(plan.HeadCount, plan.SeparateFrameCount);
        for (int i = 0; i < frames.Length; i++)
        {
            int start = plan.FramesStart + (i * (_frameEnd - _frameFirst));
            RemoteAddress previous = ReadAddress(sample, start + _previous);
            if (IsGeneratorAt(sample, plan, start) && !previous.IsNull)
            {
                int found = previous == caller ? int.MinValue : plan.Find(previous);
                entry = found == int.MinValue ? RemoteAddress.Null : previous;
                if (previous == caller || (found >= 0 && found < plan.ChunksStart && !IsGeneratorAt(sample, plan, found)
                    && ReadAddress(sample, found + _previous) == caller))
                {
                    return frames[i].Address;
                }
            }
        }

        entry = RemoteAddress.Null;
        return RemoteAddress.Null;
    }

    private bool IsGeneratorAt(ReadOnlySpan<byte> sample, StackPlan plan, int start) =>
        start >= 0 && start < plan.ChunksStart && _marks.IsOfGenerator(sample, start);

    private void Add(ReadOnlySpan<byte> sample, int start, RemoteAddress address, int index)
    {
        if (index == _found.Length)
        {
            Array.Resize(ref _found, index * 2);
            Array.Resize(ref _foundStarts, index * 2);
        }

        _found[index] = ReadFrame(sample, start, address);
        _foundStarts[index] = start;
    }
}
