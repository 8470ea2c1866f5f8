namespace Pyflame.Profiles;

/// <summary>Frames, each kept once.</summary>
/// <remarks>Not safe for use by two threads at once.</remarks>
public sealed class FrameTable
{
    private readonly InternTable<FrameInfo> _frames = new();

    /// <summary>How many frames there are; ids run from 0 to one less.</summary>
    public int Count => _frames.Count;

    /// <summary>The frame of an id.</summary>
    /// <exception cref="IndexOutOfRangeException">The id is not of this table.</exception>
    public FrameInfo this[FrameId id] => _frames[id.Value];

    /// <summary>The id of the frame, which is added where it is new. Allocates nothing for a known one.</summary>
    public FrameId Intern(in FrameInfo frame) => new(_frames.Intern(frame));
}
