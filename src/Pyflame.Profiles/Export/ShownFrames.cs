namespace Pyflame.Profiles.Export;

/// <summary>The stacks of a profile as a format shows them: frames that look alike are one, counted from zero.</summary>
internal sealed class ShownFrames
{
    private readonly InternTable<ShownFrame> _frames = new();
    private readonly StackProjection _projection;
    private readonly Profile _profile;

    /// <summary>Begins with no stack shown.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="options">What is shown of each frame, and whether stacks stand on their thread and process.</param>
    /// <param name="mergeLines">Whether the lines of a function are one frame, where it is known where the function begins.</param>
    public ShownFrames(Profile profile, ExportOptions options, bool mergeLines = false)
    {
        _projection = new StackProjection(
            profile,
            frame => _frames.Intern(Show(profile, frame, options, mergeLines)),
            options.ThreadFrames || options.ProcessFrames ? thread => RootsOf(thread, options) : null);
        _profile = profile;
    }

    /// <summary>How many frames are shown so far.</summary>
    public int Count => _frames.Count;

    /// <summary>The stacks shown so far; the "frames" of this table are indexes of this list.</summary>
    public StackTable Stacks => _projection.Stacks;

    /// <summary>A frame by its index.</summary>
    public ShownFrame this[int index] => _frames[index];

    /// <summary>The stack as shown; the empty stack as one with a remark for its only frame.</summary>
    public StackId Show(ProfiledThreadId thread, StackId stack)
    {
        StackId shown = _projection.Project(thread, stack);
        return stack.IsEmpty ? Stacks.Intern(shown, new FrameId(Root(FrameKind.Marker, "(no stack)"))) : shown;
    }

    /// <summary>The index of a shown stack's leaf; -1 for the empty stack.</summary>
    public int Leaf(StackId shown) => _projection.Key(shown);

    /// <summary>Fills the list with a shown stack's frames, root first.</summary>
    public void CopyPath(StackId shown, List<int> path)
    {
        path.Clear();
        for (; !shown.IsEmpty; shown = Stacks.Parent(shown))
        {
            path.Add(Leaf(shown));
        }

        path.Reverse();
    }

    /// <summary>The indexes of the frames, root first, that the stacks of a thread stand on where the options say so.</summary>
    public int[] RootsOf(ProfiledThread thread, ExportOptions options)
    {
        var roots = new List<int>();
        if (options.ProcessFrames)
        {
            roots.Add(Root(FrameKind.Process, _profile.Processes[thread.ProcessIndex].Label));
        }

        if (options.ThreadFrames)
        {
            roots.Add(Root(FrameKind.Thread, thread.Label));
        }

        return [.. roots];
    }

    private static ShownFrame Show(Profile profile, FrameInfo frame, ExportOptions options, bool mergeLines)
    {
        FunctionInfo function = profile.Functions[frame.Function];
        string name = FrameText.FunctionName(profile, function, options);

        // A function whose own place is not known is told apart by the lines it stood at.
        bool showLine = options.FileNames && options.LineNumbers && !(mergeLines && function.FirstLineNumber > 0);
        return new ShownFrame(
            frame.Kind,
            name.Length == 0 ? "(unnamed)" : name,
            options.FileNames ? profile.Strings[function.FileName] : string.Empty,
            options.FileNames ? function.FirstLineNumber : 0,
            showLine ? frame.LineNumber : 0);
    }

    private int Root(FrameKind kind, string label) => _frames.Intern(new ShownFrame(kind, label, string.Empty, 0, 0));
}
