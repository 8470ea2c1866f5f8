using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>
/// Keeps a <see cref="StackPlan"/> in step with its thread: adds where the stack goes that is not read yet, and drops what
/// no stack has used for long.
/// </summary>
/// <remarks>Bounded and loop-safe whatever the memory says. Time is counted in decoded samples, the ticks.</remarks>
internal sealed class StackPlanKeeper
{
    private const int SpareFrames = 8;
    private const long ForgetAfter = 32;
    private const ulong MostTrustedRoom = 1 << 20;
    internal const ulong MostCStack = 64 * 1024;
    private const ulong MostThreadState = 16 * 1024;

    // FRAME_OWNED_BY_CSTACK of 3.14 (Include/internal/pycore_interpframe_structs.h), the highest there is.
    private const byte LastOwner = 4;
    private const long TrimEvery = 1024;

    private readonly StackPlan _plan;
    private readonly ThreadStateOffsets _threadOffsets;
    private readonly RemoteAddress _threadState;
    private readonly bool _heapFrames;
    private readonly int _previous;
    private readonly int _owner;
    private readonly int _code;
    private readonly int _frameEnd;
    private readonly CodeObjectCache? _codes;

    private readonly PageCopies _pages = new();
    private RemoteRange _newest;
    private RemoteRange _usedCStack;
    private int _highestStart;
    private long _nextForget;
    private long _nextTrim = TrimEvery;

    /// <summary>Makes the keeper of one thread's plan.</summary>
    /// <param name="plan">The plan; the reader's.</param>
    /// <param name="offsets">Where the target's fields lie.</param>
    /// <param name="threadState">The thread's <c>PyThreadState</c>, in the target.</param>
    /// <param name="frameEnd">The byte behind the last one of a frame that is wanted.</param>
    /// <param name="codes">The interpreter's code objects, by which frames are told from what else lies in memory; null for none.</param>
    public StackPlanKeeper(StackPlan plan, StructOffsets offsets, RemoteAddress threadState, int frameEnd, CodeObjectCache? codes)
    {
        _plan = plan;
        _threadOffsets = offsets.ThreadState;
        _threadState = threadState;
        _heapFrames = !offsets.HasInterpreterFrames;
        _previous = offsets.Frame.Previous;
        _owner = offsets.Frame.Owner;
        _code = offsets.Frame.Code;
        _frameEnd = frameEnd;
        _codes = codes;
    }

    /// <summary>Follows pointers from a frame that was not read, and adds the frames that the plan lacks.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="sample">The bytes of the plan's ranges, in which the frame was not found.</param>
    /// <param name="missing">That frame, in the target.</param>
    /// <param name="isCurrent">Whether the thread state led to it: then it was a frame, whatever is there by now.</param>
    /// <param name="rootEntry">The entry frame that the stack begins above, which need not be read.</param>
    /// <param name="depth">How many frames the last stack had.</param>
    /// <param name="tick">How many samples were decoded so far.</param>
    /// <returns>False where the thread is gone or its stack changed meanwhile; reading again is right in either case.</returns>
    public bool Learn(
        MemoryReader memory, ReadOnlySpan<byte> sample, RemoteAddress missing, bool isCurrent, RemoteAddress rootEntry, int depth, long tick)
    {
        if (tick >= _nextForget && _plan.SeparateFrameCount > SpareFrames && _plan.SeparateFrameCount > 2 * depth)
        {
            _nextForget = tick + ForgetAfter;
            _plan.ForgetSeparateBefore(tick - ForgetAfter);
            return true;
        }

        List<RemoteRange>? chunks = null;
        if (!_heapFrames)
        {
            chunks = FindChunks(memory, new ThreadState(sample[.._plan.ThreadStateSize], _threadOffsets), missing);
            if (chunks is null)
            {
                return false;
            }
        }

        List<RemoteAddress> found = FindSeparate(memory, sample, missing, rootEntry, chunks, out RemoteRange entries);
        if (isCurrent && found.Count == 0 && chunks is not null && !IsInNewestChunk(missing) && _plan.Find(missing) == int.MinValue)
        {
            // A generator that has ended by now: the next one of its kind will as likely as not lie there again.
            found.Add(missing);
        }

        if (entries.Length > 0)
        {
            _plan.SetCStack(Union(_plan.CStack, entries));
        }

        if (found.Count > 0 && !_heapFrames)
        {
            _plan.SortSeparate();
        }

        _plan.AddSeparate(CollectionsMarshal.AsSpan(found), tick);
        if (chunks is not null && !_plan.Chunks.SequenceEqual(CollectionsMarshal.AsSpan(chunks)))
        {
            _plan.SetChunks(CollectionsMarshal.AsSpan(chunks));
        }

        return true;
    }

    /// <summary>Whether a frame may lie at an address in the newest chunk.</summary>
    public bool IsInNewestChunk(RemoteAddress frame) => _newest.Contains(frame, (ulong)_frameEnd);

    /// <summary>Notes how far a stack reached: the offset of its innermost frame in the bytes of the sample.</summary>
    public void Note(int innermostStart) => _highestStart = Math.Max(_highestStart, innermostStart);

    /// <summary>Notes that a frame outside the data stack is part of a stack.</summary>
    public void Touch(RemoteAddress frame, long tick)
    {
        if (_plan.CStack.Contains(frame))
        {
            _usedCStack = Union(_usedCStack, new RemoteRange(frame, (ulong)_frameEnd));
        }
        else
        {
            _plan.Touch(frame, tick);
        }
    }

    /// <summary>
    /// Now and then lets go of what no stack has reached for long: frames outside the data stack, the end of the newest chunk, and of the
    /// part of the C stack.
    /// </summary>
    /// <param name="tick">How many samples were decoded so far.</param>
    /// <param name="frames">The stack last decoded.</param>
    public void TrimWhenDue(long tick, ReadOnlySpan<RawFrame> frames)
    {
        if (tick < _nextTrim)
        {
            return;
        }

        _nextTrim = tick + TrimEvery;
        foreach (RawFrame frame in frames)
        {
            Touch(frame.Address, tick);
        }

        int separate = _plan.SeparateFrameCount;
        _plan.ForgetSeparateBefore(tick - TrimEvery);
        if (_plan.SeparateFrameCount != separate)
        {
            _highestStart = 0;
        }

        if (_plan.CStack.Length > 0)
        {
            // Where that changes, all that follows lies elsewhere in a sample.
            if (_usedCStack != _plan.CStack)
            {
                _plan.SetCStack(_usedCStack);
                _highestStart = 0;
            }

            _usedCStack = default;
        }

        ReadOnlySpan<RemoteRange> chunks = _plan.Chunks;
        int unused = _plan.ByteCount - _highestStart - _frameEnd;
        if (chunks.Length > 0 && _highestStart >= _plan.ChunksStart && unused > 4 * DataStack.Slack)
        {
            var trimmed = chunks.ToArray();
            RemoteRange newest = trimmed[^1];
            if (newest.Length > (ulong)(unused - DataStack.Slack))
            {
                trimmed[^1] = newest with { Length = newest.Length - (ulong)(unused - DataStack.Slack) };
                _plan.SetChunks(trimmed);
            }
        }

        _highestStart = 0;
    }

    /// <summary>The used parts of the chunks, oldest first; without a look at them where the newest one is that of the last time.</summary>
    private List<RemoteRange>? FindChunks(MemoryReader memory, ThreadState state, RemoteAddress missing)
    {
        ReadOnlySpan<RemoteRange> known = _plan.Chunks;
        if (known.IsEmpty || known[^1].Address != _newest.Address || _newest.Length > MostTrustedRoom
            || DataStack.DataOf(state.DataStackChunk) != _newest.Address)
        {
            return DataStack.TryReadChunks(memory, _threadState, _threadOffsets, out _newest);
        }

        ulong used = Math.Min(state.DataStackTop.Value - _newest.Address.Value, _newest.Length);
        if (_newest.Contains(missing, (ulong)_frameEnd))
        {
            used = Math.Max(used, missing.Value - _newest.Address.Value + (ulong)_frameEnd);
        }

        ulong length = Math.Min(used + DataStack.Slack, _newest.Length);
        return [.. known[..^1], known[^1] with { Length = Math.Max(known[^1].Length, length) }];
    }

    private static RemoteRange Union(RemoteRange left, RemoteRange right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return left.Length == 0 ? right : left;
        }

        RemoteAddress start = left.Address < right.Address ? left.Address : right.Address;
        RemoteAddress end = left.End > right.End ? left.End : right.End;
        return new RemoteRange(start, end.Value - start.Value);
    }

    /// <summary>
    /// The frames from <paramref name="frame"/> on that neither the plan nor the chunks hold, outermost first, but for entry frames: those
    /// lie near each other on the C stack, at other places with every way through C code, and are read as one part of it.
    /// </summary>
    private List<RemoteAddress> FindSeparate(
        MemoryReader memory,
        ReadOnlySpan<byte> sample,
        RemoteAddress frame,
        RemoteAddress rootEntry,
        List<RemoteRange>? chunks,
        out RemoteRange entries)
    {
        var found = new List<RemoteAddress>();
        var seen = new HashSet<RemoteAddress>();
        int hint = int.MaxValue;
        _pages.Clear();
        entries = default;

        // Frames that die meanwhile are linked into a list of free ones, which can lead in a circle.
        while (!frame.IsNull && seen.Count < StackReader.MaxDepth && seen.Add(frame))
        {
            int start = _plan.Find(frame, ref hint);
            RemoteAddress previous;
            if (start != int.MinValue)
            {
                previous = new RemoteAddress(BinaryPrimitives.ReadUInt64LittleEndian(sample[(start + _previous)..]));
            }
            else if (!TryReadFrame(memory, frame, chunks, out previous, out byte owner))
            {
                // A frame that died meanwhile leads anywhere. What were kept of that would be read with every sample, and lengthen it.
                if (!_heapFrames)
                {
                    found.Clear();
                    entries = default;
                }

                break;
            }
            else if (chunks is null || !DataStack.IsInside(chunks, frame))
            {
                // From 3.15 on the outermost entry frame lies in the thread state itself; one far from the others is a frame like any.
                RemoteRange all = Union(entries, new RemoteRange(frame, (ulong)_frameEnd));
                bool isEntry = owner >= FrameFields.FirstShimOwner && (ulong)(frame - _threadState) >= MostThreadState;
                if (isEntry && Union(_plan.CStack, all).Length <= MostCStack)
                {
                    entries = all;
                }
                else
                {
                    found.Add(frame);
                }
            }

            frame = previous != rootEntry ? previous : RemoteAddress.Null;
        }

        found.Reverse();
        return found;
    }

    /// <summary>Reads of a frame what it takes to follow it; false where it cannot be read, or is none.</summary>
    private bool TryReadFrame(MemoryReader memory, RemoteAddress frame, List<RemoteRange>? chunks, out RemoteAddress previous, out byte owner)
    {
        owner = 0;
        previous = RemoteAddress.Null;
        if (frame.Value % 8 != 0 || !TryReadPointer(memory, frame + _previous, out previous))
        {
            return false;
        }

        if (chunks is null)
        {
            return true;
        }

        Span<byte> ownerByte = stackalloc byte[1];
        bool isRead = _pages.TryRead(memory, frame + _owner, ownerByte);
        owner = ownerByte[0];
        return isRead && owner <= LastOwner
            && (owner >= FrameFields.FirstShimOwner || DataStack.IsInside(chunks, frame) || (owner == FrameMarks.OwnedByGenerator && HasCodeOfGenerator(memory, frame)));
    }

    /// <summary>Whether what should be a generator's frame has the code of one.</summary>
    private bool HasCodeOfGenerator(MemoryReader memory, RemoteAddress frame) => _codes is null
        || (TryReadPointer(memory, frame + _code, out RemoteAddress code) && _codes.Get(FrameFields.CodeOf(code)) is { MakesGenerator: true });

    private bool TryReadPointer(MemoryReader memory, RemoteAddress address, out RemoteAddress pointer)
    {
        Span<byte> bytes = stackalloc byte[8];
        bool isRead = _pages.TryRead(memory, address, bytes);
        pointer = isRead ? new RemoteAddress(BinaryPrimitives.ReadUInt64LittleEndian(bytes)) : RemoteAddress.Null;
        return isRead;
    }
}
