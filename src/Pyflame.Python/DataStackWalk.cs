using System.Runtime.InteropServices;
using Pyflame.Processes;

namespace Pyflame.Python;

/// <summary>
/// Finds which frames of a thread were live in the copy of its data stack itself (3.11+): the thread state is read a little earlier, and what it leads to
/// may have returned by then, or called others.
/// </summary>
/// <remarks>Bounded and loop-safe whatever the bytes say.</remarks>
/// <param name="fields">The version's frames.</param>
/// <param name="marks">Their marks.</param>
/// <param name="codes">The interpreter's code objects.</param>
/// <param name="wide">What may hold the thread's stack.</param>
/// <param name="found">Receives the frames.</param>
internal sealed class DataStackWalk(FrameFields fields, FrameMarks marks, CodeObjectCache codes, StackPlan wide, FoundFrames found)
{
    // Generators that run one another without any other frame between them.
    private const int MaxGenerators = 1024;

    private readonly List<RemoteAddress> _suspended = [];
    private int[] _live = new int[64];
    private int _liveCount;

    /// <summary>
    /// The code that the innermost frame called last, where that has returned and the frame has yet to go on, or is about to call; else null. Where that call is
    /// none that the code makes, the frame is in another.
    /// </summary>
    public RemoteAddress Returned { get; private set; }

    /// <summary>The code of the generators that were read and did not run, at the last <see cref="CollectSuspended"/>.</summary>
    public ReadOnlySpan<RemoteAddress> Suspended => CollectionsMarshal.AsSpan(_suspended);

    /// <summary>A frame that would have to be read too; null where there is none.</summary>
    public RemoteAddress Missing { get; private set; }

    /// <summary>
    /// Walks along the newest chunk of the data stack, in which each frame begins where the one before ends, to the last one that is not known to
    /// have returned; notes where they begin.
    /// </summary>
    /// <param name="sample">The copy.</param>
    /// <param name="plan">How it is laid out.</param>
    /// <param name="first">Where to begin: at a frame that is live; -1 for the first of the chunk.</param>
    /// <returns>Whether that is surely the innermost of them; <see cref="Missing"/> is where another would begin, behind what was read.</returns>
    public bool TryWalk(ReadOnlySpan<byte> sample, StackPlan plan, int first)
    {
        Returned = Missing = RemoteAddress.Null;
        _liveCount = 0;
        int start = first >= 0 ? first : plan.StartOfNewestChunk + (int)(wide.Chunks[^1].Address + StackPlan.FirstFrameOffset - plan.Chunks[^1].Address);
        bool isLast = false;
        while (start >= plan.StartOfNewestChunk && start + fields.End <= plan.ByteCount)
        {
            // A frame that runs is in no call but through C code: what seems to be called otherwise is left from before, or of a later moment.
            if (isLast && marks.TellRunning && fields.PreviousAt(sample, start) == AddressOf(plan, _live[_liveCount - 1]) && marks.IsInlined(sample, start))
            {
                return true;
            }

            RawFrame frame = fields.FrameAt(sample, start, RemoteAddress.Null);
            CodeObject? code = frame.Code.IsNull ? null : codes.Peek(frame.Code);
            if (code is null)
            {
                // What lies behind a frame that runs is nothing, as a rule, but may be what its C code has called.
                if (isLast && !MayBeCalledByLast(sample, plan, start))
                {
                    return true;
                }

                code = frame.Code.IsNull ? null : codes.Get(frame.Code);
            }

            if (code is not { FrameSize: > 0 })
            {
                return isLast && marks.AreCleared;
            }

            if (_liveCount > 0 && code.GetInstructionOffset(frame.Instruction) == CodeObject.OutsideCode)
            {
                // It is being set up, and still stands where the frame did that was there before.
                Returned = isLast && !marks.AreCleared ? RemoteAddress.Null : frame.Code;
                return true;
            }

            bool runs = marks.IsRunning(sample, start);
            if (!runs && code.HasEnded(frame.Instruction))
            {
                // The frame that made a generator is not cleared, and so may have ended long ago.
                bool isDestructing = _liveCount > 0 && TryWalkDestructors(sample, plan, start + code.FrameSize);
                bool mayBeOld = marks.AreCleared ? code.MakesGenerator : isLast;
                Returned = isDestructing || mayBeOld ? RemoteAddress.Null : frame.Code;
                return _liveCount > 0;
            }

            AddLive(start);
            if (!runs && !marks.AreCleared && code.IsStart(frame.Instruction))
            {
                return true;
            }

            isLast = runs || marks.AreCleared;
            start += code.FrameSize;
        }

        if (_liveCount > 0)
        {
            Missing = AddressOf(plan, start);
        }

        return isLast;
    }

    /// <summary>Collects the generators that the last frame walked along to runs; there is none where nothing was walked along.</summary>
    public void CollectGenerators(ReadOnlySpan<byte> sample, StackPlan plan)
    {
        found.Clear();
        RemoteAddress top = _liveCount > 0 ? AddressOf(plan, _live[_liveCount - 1]) : RemoteAddress.Null;
        while (!top.IsNull && found.Count < MaxGenerators)
        {
            RemoteAddress generator = FindGenerator(sample, plan, top, out RemoteAddress entry);
            if (!entry.IsNull)
            {
                Add(sample, plan.Find(entry), entry);
            }

            if (!generator.IsNull)
            {
                Add(sample, plan.Find(generator), generator);
            }

            top = generator;
        }

        found.Reverse();
    }

    /// <summary>Finds the generators that were read and have no caller.</summary>
    public void CollectSuspended(ReadOnlySpan<byte> sample, StackPlan plan)
    {
        _suspended.Clear();
        for (int start = plan.SeparateStart; start < plan.ChunksStart; start += fields.Size)
        {
            if (IsGenerator(sample, plan, start, out bool isActive) && !isActive)
            {
                _suspended.Add(fields.FrameAt(sample, start, RemoteAddress.Null).Code);
            }
        }
    }

    /// <summary>Collects the frames that were walked along, and the generators between them.</summary>
    /// <param name="sample">The copy.</param>
    /// <param name="plan">How it is laid out.</param>
    /// <param name="skip">How many of the first are not wanted.</param>
    /// <param name="isMixed">Whether a generator's frame that is among them was copied before it was one.</param>
    public StackStatus CollectFrames(ReadOnlySpan<byte> sample, StackPlan plan, int skip, out bool isMixed)
    {
        isMixed = false;
        for (int i = _liveCount - 1; i >= skip; i--)
        {
            Add(sample, _live[i], AddressOf(plan, _live[i]));
            RemoteAddress before = i == 0 ? RemoteAddress.Null : AddressOf(plan, _live[i - 1]);
            RemoteAddress caller = fields.PreviousAt(sample, _live[i]);
            for (int generators = 0; caller != before && !caller.IsNull; generators++)
            {
                int start = plan.Find(caller);
                if (start == int.MinValue && !IsNearEntryFrames(caller))
                {
                    Missing = caller;
                    return StackStatus.Missed;
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

                Add(sample, start, caller);
                if (!IsGenerator(sample, plan, start, out _))
                {
                    isMixed = true;
                    break;
                }

                caller = fields.PreviousAt(sample, start);
            }
        }

        return StackStatus.Complete;
    }

    /// <summary>Whether the frame that begins at a place in the copy, if any, is a generator's that lies outside the data stack.</summary>
    /// <param name="sample">The copy.</param>
    /// <param name="plan">How it is laid out.</param>
    /// <param name="start">Where it begins; nowhere in the copy for none.</param>
    /// <param name="isActive">Whether it has a caller, as it has not while it is suspended (<c>YIELD_VALUE</c>, Python/bytecodes.c).</param>
    public bool IsGenerator(ReadOnlySpan<byte> sample, StackPlan plan, int start, out bool isActive)
    {
        bool isGenerator = start >= 0 && start < plan.ChunksStart && marks.IsOfGenerator(sample, start);
        isActive = isGenerator && !fields.PreviousAt(sample, start).IsNull;
        return isGenerator;
    }

    /// <summary>Whether an address lies where the thread's entry frames do.</summary>
    public bool IsNearEntryFrames(RemoteAddress address)
    {
        RemoteRange known = wide.CStack;
        return known.Length > 0 && address.Value - (known.Address.Value - StackPlanKeeper.MostCStack) < 2 * StackPlanKeeper.MostCStack;
    }

    private static RemoteAddress AddressOf(StackPlan plan, int start) => plan.Chunks[^1].Address + (start - plan.StartOfNewestChunk);

    /// <summary>
    /// Walks on behind a frame that returns. Its caller is the innermost frame already (<c>_PyEval_FrameClearAndPop</c>, Python/ceval.c), but its place is still
    /// taken while its variables are cleared: what their destructors run lies behind it.
    /// </summary>
    /// <param name="sample">The copy.</param>
    /// <param name="plan">How it is laid out.</param>
    /// <param name="start">Where the frame that returns ends.</param>
    /// <returns>Whether there are live frames; what lies there may just as well be left from earlier calls.</returns>
    private bool TryWalkDestructors(ReadOnlySpan<byte> sample, StackPlan plan, int start)
    {
        int callers = _liveCount;
        int first = start;
        bool isLast = false;
        while (start + fields.End <= plan.ByteCount)
        {
            RawFrame frame = fields.FrameAt(sample, start, RemoteAddress.Null);
            bool isFrame = frame.Instruction - frame.Code.Value < PythonLimits.KeptCodeBytes || codes.Peek(frame.Code) is not null;
            if (!isFrame || !(MayBeCalledByLast(sample, plan, start) || MayBeEntryFrame(fields.PreviousAt(sample, start)))
                || codes.Get(frame.Code) is not { FrameSize: > 0 } code)
            {
                break;
            }

            // One that returns may have such destructors too.
            bool runs = marks.IsRunning(sample, start);
            if (runs || !code.HasEnded(frame.Instruction))
            {
                AddLive(start);
                isLast = runs || marks.AreCleared;
            }

            start += code.FrameSize;
        }

        if (plan == wide && start + fields.End > plan.ByteCount && (_liveCount > callers || start == first))
        {
            Missing = AddressOf(plan, start);
        }

        _liveCount = isLast ? _liveCount : callers;
        return isLast;
    }

    private void AddLive(int start)
    {
        if (_liveCount == _live.Length)
        {
            Array.Resize(ref _live, _liveCount * 2);
        }

        _live[_liveCount++] = start;
    }

    /// <summary>Whether a frame's caller may be the last one walked along to, or an entry frame or a generator of that one.</summary>
    private bool MayBeCalledByLast(ReadOnlySpan<byte> sample, StackPlan plan, int start)
    {
        RemoteAddress caller = fields.PreviousAt(sample, start);
        return caller == AddressOf(plan, _live[_liveCount - 1]) || IsNearEntryFrames(caller)
            || (plan.Find(caller) is var known && known != int.MinValue && known < plan.ChunksStart);
    }

    /// <summary>Whether an address may be that of the first entry frame that is met.</summary>
    private bool MayBeEntryFrame(RemoteAddress address) =>
        wide.CStack.Length == 0 && !address.IsNull && !wide.Chunks[^1].Contains(address) && wide.Find(address) == int.MinValue;

    /// <summary>Finds the generator that a frame runs.</summary>
    /// <param name="sample">The copy.</param>
    /// <param name="plan">How it is laid out.</param>
    /// <param name="caller">The frame.</param>
    /// <param name="entry">The entry frame between the two; null where there is none.</param>
    /// <returns>The generator's frame; null where there is none.</returns>
    private RemoteAddress FindGenerator(ReadOnlySpan<byte> sample, StackPlan plan, RemoteAddress caller, out RemoteAddress entry)
    {
        ReadOnlySpan<RemoteRange> frames = plan.SeparateFrames;
        entry = RemoteAddress.Null;
        for (int i = 0; i < frames.Length; i++)
        {
            int start = plan.SeparateStart + (i * fields.Size);
            RemoteAddress previous = fields.PreviousAt(sample, start);
            if (previous.IsNull || !marks.IsOfGenerator(sample, start))
            {
                continue;
            }

            if (previous == caller)
            {
                return frames[i].Address;
            }

            int between = plan.Find(previous);
            if (between >= 0 && between < plan.ChunksStart && !marks.IsOfGenerator(sample, between)
                && fields.PreviousAt(sample, between) == caller)
            {
                entry = previous;
                return frames[i].Address;
            }
        }

        return RemoteAddress.Null;
    }

    private void Add(ReadOnlySpan<byte> sample, int start, RemoteAddress address) => found.Add(fields.FrameAt(sample, start, address), start);
}
