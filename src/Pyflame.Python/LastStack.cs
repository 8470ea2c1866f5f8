using Pyflame.Processes;

namespace Pyflame.Python;

/// <summary>
/// The stack that was last found in a copy: its frames, where they begin in copies of the plan that it was found by, and the bytes that were there,
/// with which the next copy is compared.
/// </summary>
/// <remarks>Allocates only for deeper stacks than ever before.</remarks>
internal sealed class LastStack(FrameFields fields)
{
    private RawFrame[] _frames = new RawFrame[64];
    private int[] _starts = new int[64];

    // Of each frame the bytes that are looked at, one behind the other.
    private byte[] _bytes = [];
    private StackPlan? _plan;
    private int _version = -1;

    // Of how many of the outermost frames there are bytes, and of how many of those the plan knows where they lie.
    private int _kept;
    private int _comparable;
    private int _chunks;
    private int _chunksStart;

    /// <summary>The frames, outermost first; valid until the next change.</summary>
    public ReadOnlySpan<RawFrame> Frames => _frames.AsSpan(0, Depth);

    /// <summary>How many frames there are.</summary>
    public int Depth { get; private set; }

    /// <summary>How many of the outermost frames were taken over from the stack before.</summary>
    public int Reused { get; private set; }

    /// <summary>How many of the outermost frames are those that were there at the last <see cref="MarkSeen"/>.</summary>
    public int UnchangedFrames { get; private set; }

    /// <summary>Whether the plan by which the frames are laid out has not changed since.</summary>
    public bool IsLaidOut => _plan is { } plan && plan.Version == _version;

    /// <summary>Whether the data stack is one piece.</summary>
    public bool HasOneChunk => _chunks == 1;

    /// <summary>Whether a frame that has code lies outside the data stack.</summary>
    public bool HasSeparate
    {
        get
        {
            bool has = false;
            for (int i = 0; i < Depth && !has; i++)
            {
                has = IsSeparate(i);
            }

            return has;
        }
    }

    /// <summary>Where a frame begins in a copy.</summary>
    public int StartOf(int index) => _starts[index];

    /// <summary>Where the outermost frames begin in a copy.</summary>
    public ReadOnlySpan<int> Starts(int count) => _starts.AsSpan(0, count);

    /// <summary>The caller of a frame, as it was.</summary>
    public RemoteAddress PreviousOf(int index) => fields.PreviousIn(_bytes.AsSpan(index * fields.Size, fields.Size));

    /// <summary>Whether a frame has code and lies outside the data stack, where there is one.</summary>
    public bool IsSeparate(int index) => _chunks > 0 && !_frames[index].Code.IsNull && _starts[index] < _chunksStart;

    /// <summary>Tells that the frames are known as they are.</summary>
    public void MarkSeen() => UnchangedFrames = Depth;

    /// <summary>Finds where the frames lie in a copy that is laid out by another plan.</summary>
    public void LayOut(StackPlan plan)
    {
        if (_plan == plan && _version == plan.Version)
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

        _comparable = Math.Min(found, _kept);
        _plan = plan;
        _chunks = plan.Chunks.Length;
        _chunksStart = plan.ChunksStart;
        _version = plan.Version;
    }

    /// <summary>How many of the outermost frames are to the letter the same in another copy.</summary>
    public int CountUnchanged(ReadOnlySpan<byte> sample)
    {
        int size = fields.Size;
        int unchanged = 0;
        while (unchanged < Math.Min(_comparable, Depth)
            && sample.Slice(_starts[unchanged] + fields.First, size).SequenceEqual(_bytes.AsSpan(unchanged * size, size)))
        {
            unchanged++;
        }

        return unchanged;
    }

    /// <summary>Becomes another stack, or a longer one.</summary>
    /// <param name="sample">The copy, laid out by the plan of the last <see cref="LayOut"/>.</param>
    /// <param name="reused">How many of the outermost frames stay.</param>
    /// <param name="found">The others.</param>
    public void Replace(ReadOnlySpan<byte> sample, int reused, FoundFrames found)
    {
        int depth = reused + found.Count;
        Reserve(depth);
        int same = reused;
        while (same < Math.Min(depth, Depth) && found[depth - 1 - same] == _frames[same])
        {
            same++;
        }

        for (int i = 0; i < found.Count; i++)
        {
            _frames[depth - 1 - i] = found[i];
            _starts[depth - 1 - i] = found.StartOf(i);
        }

        Depth = depth;
        Reused = reused;
        UnchangedFrames = Math.Min(UnchangedFrames, same);
        KeepBytes(sample, reused);
    }

    /// <summary>Leaves the innermost frames out.</summary>
    /// <param name="depth">How many frames stay.</param>
    public void Cut(int depth)
    {
        Depth = depth;
        UnchangedFrames = Math.Min(UnchangedFrames, depth);
    }

    /// <summary>Has no frame be taken over by the next stack: the outermost one is none of the bottom.</summary>
    public void ForgetBytes() => _kept = _comparable = 0;

    private void Reserve(int depth)
    {
        if (depth > _frames.Length)
        {
            int size = Math.Max(depth, _frames.Length * 2);
            Array.Resize(ref _frames, size);
            Array.Resize(ref _starts, size);
        }
    }

    private void KeepBytes(ReadOnlySpan<byte> sample, int from)
    {
        int size = fields.Size;
        if (_bytes.Length < Depth * size)
        {
            Array.Resize(ref _bytes, Depth * size * 2);
        }

        for (int i = from; i < Depth; i++)
        {
            sample.Slice(_starts[i] + fields.First, size).CopyTo(_bytes.AsSpan(i * size, size));
        }

        _kept = _comparable = Depth;
    }
}
