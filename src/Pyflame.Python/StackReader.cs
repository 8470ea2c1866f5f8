using System.Buffers.Binary;
using System.Runtime.CompilerServices;
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

    // Generators that run one another without any other frame between them.
    private const int MaxGenerators = 1024;

    // FRAME_OWNED_BY_CSTACK (3.12, 3.13) and FRAME_OWNED_BY_INTERPRETER (3.14+) have no code of their own.
    internal const byte FirstShimOwner = 3;

    private readonly ThreadStateOffsets _threadOffsets;
    private readonly int _previous;
    private readonly int _code;
    private readonly int _instruction;
    private readonly int _owner;
    private readonly FrameMarks _marks;
    private readonly CodeObjectCache? _codes;
    private readonly int _frameFirst;
    private readonly int _frameEnd;
    private readonly StackPlan _plan;
    private readonly StackPlanKeeper _keeper;
    private readonly bool _heapFrames;

    private readonly StackPlan _narrow;

    // Of each frame of the last stack the bytes that are looked at, one behind the other.
    private byte[] _last = [];
    private StackPlan? _lastPlan;
    private int _lastVersion = -1;
    private int _comparable;
    private bool _isDecoded;
    private int _settledFrom;
    private int _reused;
    private RemoteAddress _cframe;
    private RawFrame[] _frames = new RawFrame[64];
    private int[] _starts = new int[64];
    private RawFrame[] _found = new RawFrame[64];
    private int[] _foundStarts = new int[64];
    private RemoteAddress _missing;
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
        FrameOffsets frame = offsets.Frame;
        _heapFrames = !offsets.HasInterpreterFrames;
        _previous = frame.Previous;
        _code = frame.Code;
        _instruction = frame.Instruction;
        _owner = OwnerOffset(offsets);
        _marks = new FrameMarks(offsets);
        _codes = _marks.TellCalls ? codes : null;
        int first = _heapFrames ? Math.Min(frame.Previous, Math.Min(frame.Code, frame.Instruction)) : 0;
        int end = _heapFrames ? Math.Max(frame.Previous + 8, Math.Max(frame.Code + 8, frame.Instruction + 4)) : frame.HeaderSize;
        _frameFirst = first;
        _frameEnd = end;
        int cframeSize = _threadOffsets.CFrame < 0 ? 0 : _threadOffsets.CurrentFrameInCFrame + 8;
        int threadStateSize = Python.ThreadState.SizeOf(_threadOffsets);
        _plan = new StackPlan(threadState, threadStateSize, cframeSize, first, end);
        _narrow = new StackPlan(threadState, threadStateSize, cframeSize, first, end);
        _keeper = new StackPlanKeeper(_plan, offsets, threadState, end);
    }

    /// <summary>Where a frame says who owns it, by which entry frames are told; absent where there are none, before 3.12.</summary>
    internal static int OwnerOffset(StructOffsets offsets) =>
        offsets.Version.IsAtLeast(3, 12) ? offsets.Frame.Owner : StructOffsets.Absent;

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
    public ReadOnlySpan<RawFrame> Frames => _frames.AsSpan(0, Depth);

    /// <summary>The <see cref="Python.ThreadState.ContextVersion"/> of the thread state that led to <see cref="Frames"/>.</summary>
    public ulong ContextVersion { get; private set; }

    /// <summary>How many frames <see cref="Frames"/> has.</summary>
    public int Depth { get; private set; }

    /// <summary>
    /// How many of the outermost frames are to the letter those that were there at the last <see cref="MarkSeen"/>, however
    /// many stacks were decoded since.
    /// </summary>
    public int UnchangedFrames { get; private set; }

    /// <summary>Tells that the caller has taken note of <see cref="Frames"/> as they are.</summary>
    public void MarkSeen() => UnchangedFrames = Depth;

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
        Prepare(_plan);
        StackStatus status = Follow(sample, _plan, CountUnchanged(sample));
        TrimWhenDue();
        return status;
    }

    /// <summary>
    /// Makes <see cref="Narrowed"/> what holds the stack last decoded and nothing else, so that it is read again in the shortest time.
    /// </summary>
    /// <returns>False where the last sample was none that could be decoded, or shows no true stack.</returns>
    internal bool TryNarrow() => _isDecoded && _narrow.NarrowTo(_plan, Frames, _cframe);

    /// <summary>As <see cref="Decode"/>, of the bytes read for <see cref="Narrowed"/>.</summary>
    internal StackStatus DecodeNarrowed(ReadOnlySpan<byte> sample)
    {
        return DecodeMoving(sample, _narrow);
    }

    /// <summary>Tells that what was last decoded can no longer be read.</summary>
    internal void Discard() => _isDecoded = false;

    /// <summary>Whether <see cref="Frames"/> is what the last sample showed.</summary>
    public bool IsDecoded => _isDecoded;

    private StackStatus FollowAndSettle(ReadOnlySpan<byte> sample, StackPlan plan, int unchanged)
    {
        StackStatus status = Follow(sample, plan, unchanged);
        Settle(sample, plan);
        return status;
    }

    /// <summary>Follows the frames from the one on that the thread state leads to.</summary>
    private StackStatus Follow(ReadOnlySpan<byte> sample, StackPlan plan, int unchanged)
    {
        return TryFindCurrent(sample, plan, out RemoteAddress current)
            ? Follow(sample, plan, current, unchanged)
            : MissCFrame(current);
    }

    private StackStatus MissCFrame(RemoteAddress cframe)
    {
        StackStatus status = Miss(cframe);
        _missingCFrame = cframe;
        return status;
    }

    private StackStatus Miss(RemoteAddress frame)
    {
        _isDecoded = IsExact = false;
        _missingCFrame = RemoteAddress.Null;
        _missing = frame;
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
            current = ReadAddress(sample, start + _threadOffsets.CurrentFrameInCFrame);
        }

        return true;
    }

    /// <summary>Follows the frames from one on, outwards.</summary>
    private StackStatus Follow(ReadOnlySpan<byte> sample, StackPlan plan, RemoteAddress frame, int unchanged)
    {
        _tick++;
        _isDecoded = false;
        int hint = int.MaxValue;
        int count = 0;
        int reused = 0;
        bool truncated = false;
        while (!frame.IsNull)
        {
            int start = plan.Find(frame, ref hint);
            if (start == int.MinValue)
            {
                return Miss(frame);
            }

            int known = _starts.AsSpan(0, unchanged).LastIndexOf(start);
            if (known >= 0)
            {
                reused = known + 1;
                break;
            }

            if (count >= MaxDepth)
            {
                truncated = true;
                break;
            }

            if (count == _found.Length)
            {
                Array.Resize(ref _found, count * 2);
                Array.Resize(ref _foundStarts, count * 2);
            }

            RemoteAddress previous = ReadAddress(sample, start + _previous);
            RawFrame raw = ReadFrame(sample, start, frame);
            if (previous == frame || (raw.Code.Value & 7) != 0)
            {
                return StackStatus.Torn;
            }

            _found[count] = raw;
            _foundStarts[count] = start;
            count++;
            if (start < plan.ChunksStart)
            {
                _keeper.Touch(frame, _tick);
            }

            frame = previous != _rootEntry || frame != _root.Address || raw.Code != _root.Code ? previous : RemoteAddress.Null;
        }

        if (frame.IsNull)
        {
            count -= FindRoot(count);
        }

        Keep(plan, sample, reused, count);
        ContextVersion = ThreadState(sample).ContextVersion;
        _isDecoded = true;
        _reused = reused;
        _settledFrom = Math.Max(0, reused - 1);
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

        return _keeper.Learn(memory, sample, _missing, _rootEntry, Depth, _tick);
    }

    /// <summary>After a read that ended early: forgets the range that could not be read.</summary>
    /// <param name="bytesRead">How many bytes of <see cref="Ranges"/> were read.</param>
    /// <returns>False where it is the thread state that is gone.</returns>
    public bool ForgetUnreadable(int bytesRead) => _plan.ForgetUnreadable(bytesRead);

    /// <summary>
    /// Notes where the stack begins, so that the entry frames below it need not be read again: a frame at the very beginning of the data
    /// stack stays the outermost one for as long as it has the same code and was entered from the same place, since nothing can have been
    /// called before it.
    /// </summary>
    /// <param name="count">How many frames were found, innermost first.</param>
    /// <returns>How many of them, the last ones, are the entry frames below it.</returns>
    private int FindRoot(int count)
    {
        int root = count - 1;
        while (root >= 0 && _found[root].Code.IsNull)
        {
            root--;
        }

        if (root < 0 || root == count - 1 || !_plan.IsFirstOfDataStack(_found[root].Address))
        {
            return 0;
        }

        _root = _found[root];
        _rootEntry = _found[root + 1].Address;
        return count - 1 - root;
    }

    private void TrimWhenDue()
    {
        if (_isDecoded)
        {
            _keeper.TrimWhenDue(_tick, Frames);
        }
    }

    /// <summary>Finds where the frames of the last stack lie in a sample that is laid out in another way.</summary>
    private void Prepare(StackPlan plan)
    {
        if (_lastPlan == plan && _lastVersion == plan.Version)
        {
            return;
        }

        int hint = int.MaxValue;
        int found = 0;
        for (; found < Depth; found++)
        {
            int start = plan.Find(_frames[found].Address, ref hint);
            if (start == int.MinValue)
            {
                break;
            }

            _starts[found] = start;
        }

        _comparable = found;
        _lastPlan = plan;
        _lastVersion = plan.Version;
    }

    /// <summary>How many of the outermost frames of the last sample are the same in this one.</summary>
    private int CountUnchanged(ReadOnlySpan<byte> sample)
    {
        int size = _frameEnd - _frameFirst;
        int unchanged = 0;
        while (unchanged < Math.Min(_comparable, Depth))
        {
            if (!sample.Slice(_starts[unchanged] + _frameFirst, size).SequenceEqual(_last.AsSpan(unchanged * size, size)))
            {
                break;
            }

            unchanged++;
        }

        return unchanged;
    }

    private void Keep(StackPlan plan, ReadOnlySpan<byte> sample, int reused, int count)
    {
        int depth = reused + count;
        if (depth > _frames.Length)
        {
            int size = Math.Max(depth, _frames.Length * 2);
            Array.Resize(ref _frames, size);
            Array.Resize(ref _starts, size);
        }

        int same = reused;
        while (same < Math.Min(depth, Depth) && _found[depth - 1 - same] == _frames[same])
        {
            same++;
        }

        for (int i = 0; i < count; i++)
        {
            _frames[depth - 1 - i] = _found[i];
            _starts[depth - 1 - i] = _foundStarts[i];
        }

        Depth = depth;
        UnchangedFrames = Math.Min(UnchangedFrames, same);
        if (plan == _plan)
        {
            _keeper.Note(depth == 0 ? 0 : _starts[depth - 1]);
        }

        KeepBytes(sample, reused);
    }

    /// <summary>Keeps the bytes of the frames from an index on, with which the next sample is compared.</summary>
    private void KeepBytes(ReadOnlySpan<byte> sample, int from)
    {
        int size = _frameEnd - _frameFirst;
        if (_last.Length < Depth * size)
        {
            Array.Resize(ref _last, Depth * size * 2);
        }

        for (int i = from; i < Depth; i++)
        {
            sample.Slice(_starts[i] + _frameFirst, size).CopyTo(_last.AsSpan(i * size, size));
        }

        _comparable = Depth;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RawFrame ReadFrame(ReadOnlySpan<byte> sample, int start, RemoteAddress address)
    {
        if (_owner >= 0 && sample[start + _owner] >= FirstShimOwner)
        {
            return new RawFrame(address, RemoteAddress.Null, 0);
        }

        ulong code = ReadAddress(sample, start + _code).Value;
        if (_heapFrames)
        {
            return new RawFrame(
                address,
                new RemoteAddress(code),
                unchecked((ulong)BinaryPrimitives.ReadInt32LittleEndian(sample[(start + _instruction)..])));
        }

        // From 3.14 on f_executable is a _PyStackRef: the low bits tell whether it owns a reference.
        return new RawFrame(address, new RemoteAddress(code & ~7UL), ReadAddress(sample, start + _instruction).Value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static RemoteAddress ReadAddress(ReadOnlySpan<byte> sample, int offset) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(sample[offset..]));
}
