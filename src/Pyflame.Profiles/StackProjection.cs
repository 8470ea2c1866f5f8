namespace Pyflame.Profiles;

/// <summary>
/// The stacks of a profile seen in another light: frames that mean the same are one, and threads may stand on frames of their
/// own. What a frame means is a number, its key, that the owner gives it.
/// </summary>
internal sealed class StackProjection
{
    private readonly Profile _profile;
    private readonly Func<FrameInfo, int> _keyOfFrame;
    private readonly Func<ProfiledThread, int[]>? _rootKeys;
    private readonly List<int> _keys = [];
    private readonly List<StackId> _roots = [];

    // What a stack is seen as, plus one: by the root it stands on, and by its number.
    private readonly Dictionary<int, SparseNumbers> _known = new() { [StackId.Empty.Value] = new SparseNumbers() };
    private readonly Stack<StackId> _missing = new();

    /// <summary>Begins with the empty stack only.</summary>
    /// <param name="profile">Whose stacks.</param>
    /// <param name="keyOfFrame">Gives each frame its key; asked once a frame.</param>
    /// <param name="rootKeys">Gives each thread the keys, root first, that its stacks stand on; null for none.</param>
    public StackProjection(Profile profile, Func<FrameInfo, int> keyOfFrame, Func<ProfiledThread, int[]>? rootKeys = null)
    {
        _profile = profile;
        _keyOfFrame = keyOfFrame;
        _rootKeys = rootKeys;
        Stacks = new StackTable(profile.Stacks.Count);
    }

    /// <summary>The stacks as seen; the "frames" of this table are keys.</summary>
    public StackTable Stacks { get; }

    /// <summary>The key of a stack's leaf; -1 for the empty stack.</summary>
    public int Key(StackId projected) => Stacks.Frame(projected).Value;

    /// <summary>A stack of a thread as seen.</summary>
    public StackId Project(ProfiledThreadId thread, StackId stack)
    {
        StackId root = RootOf(thread);
        SparseNumbers known = _known[root.Value];

        // Down to what is known and up again, without recursion: stacks may be thousands of frames deep.
        StackId projected;
        while (true)
        {
            if (stack.IsEmpty)
            {
                projected = root;
                break;
            }

            if (known[stack.Value] is > 0 and var seen)
            {
                projected = new StackId(seen - 1);
                break;
            }

            _missing.Push(stack);
            stack = _profile.Stacks.Parent(stack);
        }

        while (_missing.TryPop(out stack))
        {
            projected = Stacks.Intern(projected, new FrameId(KeyOf(_profile.Stacks.Frame(stack))));
            known[stack.Value] = projected.Value + 1;
        }

        return projected;
    }

    private int KeyOf(FrameId frame)
    {
        while (_keys.Count <= frame.Value)
        {
            _keys.Add(_keyOfFrame(_profile.Frames[new FrameId(_keys.Count)]));
        }

        return _keys[frame.Value];
    }

    private StackId RootOf(ProfiledThreadId thread)
    {
        if (_rootKeys is null)
        {
            return StackId.Empty;
        }

        while (_roots.Count <= thread.Value)
        {
            StackId root = StackId.Empty;
            foreach (int key in _rootKeys(_profile.Threads[_roots.Count]))
            {
                root = Stacks.Intern(root, new FrameId(key));
            }

            _roots.Add(root);
            _known.TryAdd(root.Value, new SparseNumbers());
        }

        return _roots[thread.Value];
    }
}
