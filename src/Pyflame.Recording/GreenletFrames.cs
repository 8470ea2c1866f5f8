using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Python.Tasks;

namespace Pyflame.Recording;

/// <summary>
/// Puts the frames of the greenlets under a stack that wait for the one that runs: its parent's, the parent's of that one, and so on to the main
/// greenlet. The stack of the thread itself ends where its greenlet begins. Allocates nothing for what was seen before.
/// </summary>
internal sealed class GreenletFrames
{
    // Looking through sys.modules, or through the variables of a thread, costs some hundred reads, and most programs have no greenlets.
    private const long FirstStep = 10_000_000;
    private const long LongestStep = 10_000_000_000;
    private const int MostJoined = 1 << 16;

    private readonly StackRecorder _recorder;
    private readonly StackTable _stacks;
    private readonly GreenletThreads _threads;
    private readonly Dictionary<ThreadStack, KnownThread> _known = [];
    private readonly Dictionary<(StackId Under, StackId Stack), StackId> _joined = [];
    private FrameId[] _path = new FrameId[64];
    private bool _areUsed;
    private long _lookAt;
    private long _step = FirstStep;

    public GreenletFrames(PythonRuntime runtime, StackTable stacks, StackRecorder recorder, PythonStrings strings)
    {
        _stacks = stacks;
        _recorder = recorder;
        _threads = new GreenletThreads(runtime, strings);
    }

    /// <summary>Looks now and then whether the program uses greenlets by now.</summary>
    /// <param name="interpreters">The interpreters.</param>
    /// <param name="now">In nanoseconds of <see cref="DeadlineTimer.Now"/>.</param>
    public void Update(InterpreterTable interpreters, long now)
    {
        if (_areUsed || now < _lookAt)
        {
            return;
        }

        _lookAt = now + _step;
        _step = Math.Min(_step * 2, LongestStep);
        for (int i = 0; i < interpreters.Count && !_areUsed; i++)
        {
            _areUsed = _threads.AreUsedBy(interpreters[i]);
        }
    }

    /// <summary>Forgets a thread that has ended.</summary>
    public void Forget(ThreadStack thread) => _known.Remove(thread);

    /// <summary>The stack of a thread on the stacks of the greenlets that wait for the one that it runs; the stack as it is where there are none.</summary>
    /// <param name="thread">The thread, whose reader holds the stack.</param>
    /// <param name="stack">The stack.</param>
    /// <param name="now">In nanoseconds of <see cref="DeadlineTimer.Now"/>.</param>
    public StackId Attribute(ThreadStack thread, StackId stack, long now)
    {
        if (!_areUsed || Know(thread, now) is not { Parents: { } parents } known)
        {
            return stack;
        }

        if (parents.TryRefresh(out bool changed) && changed)
        {
            Resolve(known, parents);
        }

        StackId under = Under(known, parents, OutermostOf(thread.Reader.Frames));
        return under.IsEmpty ? stack : Join(under, stack);
    }

    // The sample and the greenlets are of moments a little apart, between which the thread may have switched to another greenlet. The
    // outermost frame tells whose stack was sampled.
    private static StackId Under(KnownThread known, GreenletParents parents, RemoteAddress outermost)
    {
        for (int i = 0; i < known.Below.Count; i++)
        {
            if (known.Below[i].Outermost == outermost)
            {
                return i + 1 < known.Below.Count ? known.Below[i + 1].Stack : default;
            }
        }

        if (outermost == known.OutermostOfMain)
        {
            return default;
        }

        bool isMain = parents.Current == parents.Main && known.OutermostOfMain.IsNull;
        bool isParent = known.Outermosts.TryGetValue(parents.Current, out RemoteAddress own) && own != outermost;
        if (isMain || known.Below.Count == 0 || isParent)
        {
            return isMain ? default : known.Last;
        }

        return known.Last = known.Below[0].Stack;
    }

    private static RemoteAddress OutermostOf(ReadOnlySpan<RawFrame> frames)
    {
        foreach (RawFrame frame in frames)
        {
            if (!frame.Code.IsNull)
            {
                return frame.Address;
            }
        }

        return default;
    }

    private KnownThread Know(ThreadStack thread, long now)
    {
        if (!_known.TryGetValue(thread, out KnownThread? known))
        {
            _known.Add(thread, known = new KnownThread { Step = FirstStep });
        }

        if (known.Parents is null && now >= known.LookAt)
        {
            known.LookAt = now + known.Step;
            known.Step = Math.Min(known.Step * 2, LongestStep);
            known.Parents = _threads.Find(thread.PthreadId);
        }

        return known;
    }

    private void Resolve(KnownThread known, GreenletParents parents)
    {
        known.Below.Clear();
        StackId stack = default;
        for (int i = parents.Count - 1; i >= 0; i--)
        {
            ReadOnlySpan<RawFrame> frames = parents.FramesOf(i);
            _recorder.Revalidate(frames);
            foreach (RawFrame raw in frames)
            {
                stack = _recorder.TryAdd(raw, out FrameId frame) ? _stacks.Intern(stack, frame) : stack;
            }

            RemoteAddress outermost = OutermostOf(frames);
            known.Below.Add((outermost, stack));
            if (known.Outermosts.Count >= MostJoined)
            {
                known.Outermosts.Clear();
            }

            known.Outermosts[parents[i]] = outermost;
            known.OutermostOfMain = parents[i] == parents.Main && !outermost.IsNull ? outermost : known.OutermostOfMain;
        }

        known.Below.Reverse();
    }

    private StackId Join(StackId under, StackId stack)
    {
        if (_joined.TryGetValue((under, stack), out StackId joined))
        {
            return joined;
        }

        int depth = _stacks.Depth(stack);
        if (depth > _path.Length)
        {
            _path = new FrameId[depth * 2];
        }

        _stacks.CopyFrames(stack, _path);
        joined = under;
        for (int i = 0; i < depth; i++)
        {
            joined = _stacks.Intern(joined, _path[i]);
        }

        if (_joined.Count >= MostJoined)
        {
            _joined.Clear();
        }

        return _joined[(under, stack)] = joined;
    }

    private sealed class KnownThread
    {
        public GreenletParents? Parents { get; set; }

        public long LookAt { get; set; }

        public long Step { get; set; }

        /// <summary>Of each parent the outermost frame, and the stack that ends with the parent's innermost one. The nearest first.</summary>
        public List<(RemoteAddress Outermost, StackId Stack)> Below { get; } = [];

        /// <summary>The outermost frames of greenlets that were seen as parents.</summary>
        public Dictionary<RemoteAddress, RemoteAddress> Outermosts { get; } = [];

        public RemoteAddress OutermostOfMain { get; set; }

        /// <summary>What the last stack of a greenlet that is nobody's parent stood on.</summary>
        public StackId Last { get; set; }
    }
}
