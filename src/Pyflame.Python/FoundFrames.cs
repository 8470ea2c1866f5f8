namespace Pyflame.Python;

/// <summary>The frames that were found in one copy, innermost first, each with where it begins in the copy.</summary>
/// <remarks>Allocates only for more frames than ever before.</remarks>
internal sealed class FoundFrames
{
    private RawFrame[] _frames = new RawFrame[64];
    private int[] _starts = new int[64];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>A frame; 0 is the innermost.</summary>
    public ref readonly RawFrame this[int index] => ref _frames[index];

    /// <summary>Where a frame begins in the copy.</summary>
    public int StartOf(int index) => _starts[index];

    /// <summary>Begins anew.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds the caller of the frame that was added last.</summary>
    public void Add(in RawFrame frame, int start)
    {
        if (Count == _frames.Length)
        {
            Array.Resize(ref _frames, Count * 2);
            Array.Resize(ref _starts, Count * 2);
        }

        _frames[Count] = frame;
        _starts[Count++] = start;
    }

    /// <summary>Leaves the outermost frames out.</summary>
    public void DropOutermost(int count) => Count -= count;

    /// <summary>Turns the order of all that were added so far.</summary>
    public void Reverse()
    {
        _frames.AsSpan(0, Count).Reverse();
        _starts.AsSpan(0, Count).Reverse();
    }
}
