namespace Pyflame.Profiles;

/// <summary>Stack traces as a tree: each is another one and a frame that it called. Index 0 is the empty stack.</summary>
/// <remarks>
/// A whole stack is one number, however deep, and two stacks share what they have in common. A parent's index is always
/// smaller than that of its children. Not safe for use by two threads at once.
/// </remarks>
public sealed class StackTable
{
    private readonly InternTable<Node> _nodes;
    private int[] _depths;

    /// <summary>Makes a table that holds the empty stack only.</summary>
    /// <param name="capacity">How many stacks it takes at least before it grows; while it grows it takes the room of both sizes.</param>
    public StackTable(int capacity = 32)
    {
        _nodes = new InternTable<Node>(capacity);
        _depths = new int[Math.Max(32, capacity)];
        _nodes.Intern(new Node(-1, -1));
    }

    /// <summary>How many stacks there are, the empty one included; ids run from 0 to one less.</summary>
    public int Count => _nodes.Count;

    /// <summary>
    /// The id of the stack that is <paramref name="parent"/> and, called by its leaf, <paramref name="frame"/>. Added where it
    /// is new; allocates nothing where it is known.
    /// </summary>
    /// <exception cref="IndexOutOfRangeException"><paramref name="parent"/> is not of this table.</exception>
    public StackId Intern(StackId parent, FrameId frame)
    {
        int depth = Depth(parent) + 1;
        int index = _nodes.Intern(new Node(parent.Value, frame.Value));
        if (index == _depths.Length)
        {
            Array.Resize(ref _depths, _depths.Length + (_depths.Length / 2));
        }

        _depths[index] = depth;
        return new StackId(index);
    }

    /// <summary>Finds the stack that is <paramref name="parent"/> and <paramref name="frame"/>, and adds nothing.</summary>
    /// <returns>False where no such stack was interned.</returns>
    public bool TryFind(StackId parent, FrameId frame, out StackId stack)
    {
        int index = _nodes.Find(new Node(parent.Value, frame.Value));
        stack = new StackId(Math.Max(0, index));
        return index >= 0;
    }

    /// <summary>The stack without its leaf; the empty stack for the empty stack.</summary>
    /// <exception cref="IndexOutOfRangeException">The id is not of this table.</exception>
    public StackId Parent(StackId stack) => new(Math.Max(0, _nodes[stack.Value].Parent));

    /// <summary>The leaf, the frame that was running. The empty stack has none: its frame is -1, which no table holds.</summary>
    /// <exception cref="IndexOutOfRangeException">The id is not of this table.</exception>
    public FrameId Frame(StackId stack) => new(_nodes[stack.Value].Frame);

    /// <summary>How many frames the stack has; 0 for the empty one.</summary>
    /// <exception cref="IndexOutOfRangeException">The id is not of this table.</exception>
    public int Depth(StackId stack) => _depths.AsSpan(0, Count)[stack.Value];

    /// <summary>Writes the frames of a stack, root first.</summary>
    /// <param name="stack">The stack.</param>
    /// <param name="destination">The caller's buffer, at least <see cref="Depth"/> long.</param>
    /// <returns>How many frames were written, which is the depth.</returns>
    public int CopyFrames(StackId stack, Span<FrameId> destination)
    {
        int depth = Depth(stack);
        Span<FrameId> frames = destination[..depth];
        for (int position = depth - 1; position >= 0; position--)
        {
            frames[position] = Frame(stack);
            stack = Parent(stack);
        }

        return depth;
    }

    private readonly record struct Node(int Parent, int Frame)
    {
        public override int GetHashCode() => unchecked((int)((uint)Parent * 0x85EBCA77U + (uint)Frame * 0xC2B2AE3DU));
    }
}
