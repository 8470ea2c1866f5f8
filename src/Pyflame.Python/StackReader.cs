using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>
/// Decodes the stack of one thread, sample after sample. It says what to read (<see cref="Ranges"/>), the caller reads that in one
/// system call, and <see cref="Decode"/> follows the frames in the bytes. Frames that are those of the sample before are not looked
/// at again.
/// </summary>
/// <remarks>
/// Bounded and loop-safe whatever the bytes say; allocates only while it learns new addresses or greater depths.
/// Up to 3.10 a frame is a <c>PyFrameObject</c> of its own on the heap (Include/frameobject.h). From 3.11 on most lie one behind
/// the other in the thread's data stack (<c>_PyStackChunk</c>, Include/cpython/pystate.h; <c>_PyInterpreterFrame</c>,
/// Include/internal/pycore_frame.h, from 3.14 on pycore_interpframe_structs.h).
/// </remarks>
public sealed partial class StackReader
{
    /// <summary>The deepest stack that is followed; what is further out is cut.</summary>
    public const int MaxDepth = 65_536;

    private readonly ThreadStateOffsets _threadOffsets;
    private readonly FrameFields _fields;
    private readonly FrameMarks _marks;
    private readonly StackPlan _plan;
    private readonly StackPlan _narrow;
    private readonly StackPlanKeeper _keeper;
    private readonly FoundFrames _found = new();
    private readonly LastStack _last;
    private readonly DataStackWalk? _walk;
    private bool _isWalked;
    private int _settledFrom;
    private RemoteAddress _cframe;
    private RemoteAddress _missing;
    private bool _isCurrentMissing;
    private RemoteAddress _missingCFrame;
    private RawFrame _root;
    private RemoteAddress _rootEntry;
    private long _tick;

    /// <summary>Makes a reader for one thread; reads nothing yet.</summary>
    /// <param name="offsets">Where the target's fields lie.</param>
    /// <param name="threadState">The thread's <c>PyThreadState</c>, in the target.</param>
    /// <param name="codes">The interpreter's code objects, by which frames are found where the thread state is of another moment; null for none.</param>
    public StackReader(StructOffsets offsets, RemoteAddress threadState, CodeObjectCache? codes = null)
    {
        _threadOffsets = offsets.ThreadState;
        ThreadStateAddress = threadState;
        _fields = new FrameFields(offsets);
        _marks = new FrameMarks(offsets);
        int cframeSize = _threadOffsets.CFrame < 0 ? 0 : _threadOffsets.CurrentFrameInCFrame + 8;
        int threadStateSize = Python.ThreadState.SizeOf(_threadOffsets);
        _plan = new StackPlan(threadState, threadStateSize, cframeSize, _fields.First, _fields.End);
        _narrow = new StackPlan(threadState, threadStateSize, cframeSize, _fields.First, _fields.End);
        _keeper = new StackPlanKeeper(_plan, offsets, threadState, _fields.End, codes);
        _last = new LastStack(_fields);
        _walk = codes is not null && TellsExactly ? new DataStackWalk(_fields, _marks, codes, _plan, _found) : null;
    }

    /// <summary>The thread state, in the target.</summary>
    public RemoteAddress ThreadStateAddress { get; }

    /// <summary>What to read, in this order, for <see cref="Decode"/>; the thread state comes first.</summary>
    public ReadOnlySpan<RemoteRange> Ranges => _plan.Ranges;

    /// <summary>How many bytes <see cref="Ranges"/> are.</summary>
    public int ByteCount => _plan.ByteCount;

    /// <summary>Changes whenever <see cref="Ranges"/> do.</summary>
    public int RangesVersion => _plan.Version;

    /// <summary>What holds the stack last decoded and nothing else; set by <see cref="TryNarrow"/>.</summary>
    internal StackPlan Narrowed => _narrow;

    /// <summary>The frames of the last stack decoded, outermost first; valid until the next call.</summary>
    public ReadOnlySpan<RawFrame> Frames => _last.Frames;

    /// <summary>The <see cref="Python.ThreadState.ContextVersion"/> of the thread state that led to <see cref="Frames"/>.</summary>
    public ulong ContextVersion { get; private set; }

    /// <summary>How many frames <see cref="Frames"/> has.</summary>
    public int Depth => _last.Depth;

    /// <summary>
    /// How many of the outermost frames are to the letter those that were there at the last <see cref="MarkSeen"/>, however
    /// many stacks were decoded since.
    /// </summary>
    public int UnchangedFrames => _last.UnchangedFrames;

    /// <summary>Tells that the caller has taken note of <see cref="Frames"/> as they are.</summary>
    public void MarkSeen() => _last.MarkSeen();

    /// <summary>The thread state in the bytes of a sample.</summary>
    public ThreadState ThreadState(ReadOnlySpan<byte> sample) => new(sample[.._plan.ThreadStateSize], _threadOffsets);

    /// <summary>Follows the frames in the bytes read for <see cref="Ranges"/>.</summary>
    /// <param name="sample">The bytes, in the order of the ranges; the caller's.</param>
    /// <returns>
    /// <see cref="StackStatus.Complete"/> or <see cref="StackStatus.Truncated"/> with <see cref="Frames"/> set;
    /// <see cref="StackStatus.Missed"/> where <see cref="Learn"/> must be called and all be read again; or <see cref="StackStatus.Torn"/>.
    /// Where it is neither of the first two, the stack decoded before stays as it is.
    /// </returns>
    public StackStatus Decode(ReadOnlySpan<byte> sample)
    {
        StackStatus status = DecodeMoving(sample, _plan);
        TrimWhenDue();
        return status;
    }

    /// <summary>As <see cref="Decode"/>, of a thread that was stopped, whose thread state is of the same moment as its frames.</summary>
    internal StackStatus DecodeStopped(ReadOnlySpan<byte> sample)
    {
        _last.LayOut(_plan);
        StackStatus status = Follow(sample, _plan, _last.CountUnchanged(sample));
        TrimWhenDue();
        return status;
    }

    /// <summary>
    /// Makes <see cref="Narrowed"/> what holds the stack last decoded and nothing else, so that it is read again in the shortest time.
    /// </summary>
    /// <returns>False where the last sample was none that could be decoded, or shows no true stack.</returns>
    internal bool TryNarrow() => IsDecoded && _narrow.NarrowTo(_plan, Frames, _cframe);

    /// <summary>As <see cref="Decode"/>, of the bytes read for <see cref="Narrowed"/>.</summary>
    internal StackStatus DecodeNarrowed(ReadOnlySpan<byte> sample) => DecodeMoving(sample, _narrow);

    /// <summary>Tells that what was last decoded can no longer be read.</summary>
    internal void Discard() => IsDecoded = false;

    /// <summary>Whether <see cref="Frames"/> is what the last sample showed.</summary>
    public bool IsDecoded { get; private set; }

    private StackStatus FollowAndSettle(ReadOnlySpan<byte> sample, StackPlan plan, int unchanged)
    {
        StackStatus status = Follow(sample, plan, unchanged);
        Settle(sample, plan);
        return status;
    }

    /// <summary>Follows the frames from the one on that the thread state leads to.</summary>
    private StackStatus Follow(ReadOnlySpan<byte> sample, StackPlan plan, int unchanged) =>
        TryFindCurrent(sample, plan, out RemoteAddress current) ? Follow(sample, plan, current, unchanged) : MissCFrame(current);

    private StackStatus MissCFrame(RemoteAddress cframe)
    {
        StackStatus status = Miss(cframe);
        _missingCFrame = cframe;
        return status;
    }

    private StackStatus Miss(RemoteAddress frame, bool isCurrent = false)
    {
        IsDecoded = IsExact = false;
        _missingCFrame = RemoteAddress.Null;
        _missing = frame;
        _isCurrentMissing = isCurrent;
        return StackStatus.Missed;
    }

    /// <summary>Finds the frame that the thread state leads to.</summary>
    /// <returns>False where that is through a <c>_PyCFrame</c> that was not read, which is given back then.</returns>
    private bool TryFindCurrent(ReadOnlySpan<byte> sample, StackPlan plan, out RemoteAddress current)
    {
        current = ThreadState(sample).CurrentFrameOrCFrame;
        if (_threadOffsets.CFrame >= 0 && !current.IsNull)
        {
            int start = plan.FindCFrame(current);
            if (start < 0)
            {
                return false;
            }

            _cframe = current;
            current = FrameFields.PointerAt(sample, start + _threadOffsets.CurrentFrameInCFrame);
        }

        return true;
    }

    /// <summary>Follows the frames from one on, outwards.</summary>
    private StackStatus Follow(ReadOnlySpan<byte> sample, StackPlan plan, RemoteAddress frame, int unchanged)
    {
        _tick++;
        IsDecoded = _isWalked = false;
        _found.Clear();
        int hint = int.MaxValue;
        int reused = 0;
        bool truncated = false;

        // More frames than the bytes can hold are a circle.
        int most = sample.Length / _fields.Size;
        ReadOnlySpan<int> known = _last.Starts(unchanged);
        while (!frame.IsNull)
        {
            int start = plan.Find(frame, ref hint);
            if (start == int.MinValue)
            {
                return Miss(frame, isCurrent: _found.Count == 0);
            }

            reused = known.LastIndexOf(start) + 1;
            if (reused > 0)
            {
                break;
            }

            if (_found.Count >= most)
            {
                return StackStatus.Torn;
            }

            if (_found.Count >= MaxDepth)
            {
                truncated = true;
                break;
            }

            RemoteAddress previous = _fields.PreviousAt(sample, start);
            RawFrame raw = _fields.FrameAt(sample, start, frame);
            if (previous == frame || (raw.Code.Value & 7) != 0)
            {
                return StackStatus.Torn;
            }

            _found.Add(raw, start);
            if (start < plan.ChunksStart)
            {
                _keeper.Touch(frame, _tick);
            }

            frame = previous != _rootEntry || frame != _root.Address || raw.Code != _root.Code ? previous : RemoteAddress.Null;
        }

        if (frame.IsNull)
        {
            DropEntryOfRoot();
        }

        Keep(sample, plan, reused);
        _settledFrom = Math.Max(0, reused - 1);
        if (truncated)
        {
            _last.ForgetBytes();
        }

        return truncated ? StackStatus.Truncated : StackStatus.Complete;
    }

    /// <summary>
    /// After <see cref="StackStatus.Missed"/>: finds by following pointers where the frames lie that were not read, and adds them to
    /// <see cref="Ranges"/>. Costs a system call or more a frame, and is needed only where the stack goes somewhere new.
    /// </summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="sample">The bytes that <see cref="Decode"/> was called with.</param>
    /// <returns>False where the thread is gone or its stack changed meanwhile; reading again is right in either case.</returns>
    public bool Learn(MemoryReader memory, ReadOnlySpan<byte> sample)
    {
        if (!_missingCFrame.IsNull)
        {
            _plan.AddCFrame(_missingCFrame);
            return true;
        }

        return _keeper.Learn(memory, sample, _missing, _isCurrentMissing, _rootEntry, Depth, _tick);
    }

    /// <summary>After a read that ended early: forgets the range that could not be read.</summary>
    /// <param name="bytesRead">How many bytes of <see cref="Ranges"/> were read.</param>
    /// <returns>False where it is the thread state that is gone.</returns>
    public bool ForgetUnreadable(int bytesRead) => _plan.ForgetUnreadable(bytesRead);

    /// <summary>
    /// Notes where the stack that was found begins, and leaves the entry frames below it out, which need not be read again: a frame at the very beginning of the data
    /// stack stays the outermost one for as long as it has the same code and was entered from the same place, since nothing can have been
    /// called before it.
    /// </summary>
    private void DropEntryOfRoot()
    {
        int root = _found.Count - 1;
        while (root >= 0 && _found[root].Code.IsNull)
        {
            root--;
        }

        if (root >= 0 && root < _found.Count - 1 && _plan.IsFirstOfDataStack(_found[root].Address))
        {
            _root = _found[root];
            _rootEntry = _found[root + 1].Address;
            _found.DropOutermost(_found.Count - 1 - root);
        }
    }

    private void Keep(ReadOnlySpan<byte> sample, StackPlan plan, int reused)
    {
        _last.Replace(sample, reused, _found);
        if (plan == _plan)
        {
            _keeper.Note(Depth == 0 ? 0 : _last.StartOf(Depth - 1));
        }

        ContextVersion = ThreadState(sample).ContextVersion;
        IsDecoded = true;
    }

    private void TrimWhenDue()
    {
        if (IsDecoded)
        {
            _keeper.TrimWhenDue(_tick, Frames);
        }
    }
}
