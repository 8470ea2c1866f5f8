using System.Runtime.InteropServices;
using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Python.Layout;
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
    private const int Tries = 4;
    private const int SwitchesToBelieve = 64;

    private readonly StructOffsets _offsets;
    private readonly MemoryReader _memory;
    private readonly int _contextVersion;
    private readonly StackProof _proof = new();
    private readonly StackRecorder _recorder;
    private readonly Profile _profile;
    private readonly StackTable _stacks;
    private readonly GreenletThreads _threads;
    private readonly Dictionary<ThreadStack, KnownThread> _known = [];
    private readonly Dictionary<(StackId Under, StackId Stack), StackId> _joined = [];
    private StackId _unknown;
    private FrameId[] _path = new FrameId[64];
    private bool _areUsed;
    private long _lookAt;
    private long _step = FirstStep;

    public GreenletFrames(PythonRuntime runtime, Profile profile, StackRecorder recorder, PythonStrings strings)
    {
        _offsets = runtime.Offsets;
        _memory = runtime.Memory;
        _contextVersion = _offsets.ThreadState.ContextVersion;
        _profile = profile;
        _stacks = profile.Stacks;
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

    /// <summary>
    /// Reads what waits below a stack that has just been read of a thread that is stopped, and so is of the same moment, and notes it for
    /// <see cref="TryAttribute"/>.
    /// </summary>
    public void ReadStopped(ThreadStack thread)
    {
        if (_known.TryGetValue(thread, out KnownThread? known) && known.Parents is { } parents && IsOf(thread.Reader, known, parents))
        {
            Note(known, parents, RawFrame.OutermostOf(thread.Reader.Frames));
        }
    }

    /// <summary>Puts the stack of a thread on the stacks of the greenlets that wait for the one that it runs; nothing changes where there are none.</summary>
    /// <param name="thread">The thread, whose reader holds the stack.</param>
    /// <param name="stack">The stack; where it is not known what it stands on, it is put on <c>(unknown)</c>.</param>
    /// <param name="now">In nanoseconds of <see cref="DeadlineTimer.Now"/>.</param>
    /// <returns>False where it is not known: then it can be read while the thread is stopped.</returns>
    public bool TryAttribute(ThreadStack thread, ref StackId stack, long now)
    {
        if (!_areUsed || Know(thread, now) is not { Parents: { } parents } known)
        {
            return true;
        }

        bool isKnown = TryFindUnder(thread.Reader, known, parents, out StackId under);
        if (!isKnown)
        {
            under = _unknown = _unknown.IsEmpty ? MarkerStacks.Make(_profile, "(unknown)") : _unknown;
        }

        stack = under.IsEmpty ? stack : Join(under, stack);
        return isKnown;
    }

    // The greenlets are read after the stack, and the thread may have switched to another one meanwhile, or while the stack was read.
    private bool TryFindUnder(StackReader reader, KnownThread known, GreenletParents parents, out StackId under)
    {
        RemoteAddress outermost = RawFrame.OutermostOf(reader.Frames);
        if (IsNoted(known, outermost, reader.ContextVersion, out SeenStack seen))
        {
            under = seen.Under;
            return true;
        }

        // The thread state is not copied in one moment: that the frame is of this greenlet's stack must have been made sure of before.
        bool isOfNow = IsOf(reader, known, parents);
        if (isOfNow && seen.Greenlet == parents.Current)
        {
            under = Note(known, parents, outermost);
            return true;
        }

        bool isFound = !isOfNow && IsBelieved(seen, parents, outermost);
        for (int i = 0; i < Tries && !isFound; i++)
        {
            isFound = TryConfirm(known, parents)
                && (IsNoted(known, outermost, reader.ContextVersion, out seen) || IsBelieved(seen, parents, outermost));
        }

        under = isFound ? seen.Under : default;
        return isFound;
    }

    /// <summary>Whether it is noted what a stack stands on, and no greenlet was switched to since.</summary>
    private static bool IsNoted(KnownThread known, RemoteAddress outermost, ulong contextVersion, out SeenStack seen) =>
        known.Seen.TryGetValue(outermost, out seen) && seen.ContextVersion == contextVersion;

    /// <summary>Whether a stack stood always on the same, and stands there still though the thread went on.</summary>
    private static bool IsBelieved(in SeenStack seen, GreenletParents parents, RemoteAddress outermost) =>
        !seen.Greenlet.IsNull && !outermost.IsNull && seen.Doubts == 0 && parents.IsStillOn(seen.Greenlet, seen.Parent, outermost);

    /// <summary>Whether the greenlets, which are read now, are those of the moment at which a stack was read.</summary>
    private bool IsOf(StackReader reader, KnownThread known, GreenletParents parents) =>
        TryRefresh(known, parents) && parents.ContextVersion == reader.ContextVersion;

    /// <summary>Makes sure which greenlet the thread's stack belongs to, by another look at it between two at the number of switches.</summary>
    private bool TryConfirm(KnownThread known, GreenletParents parents)
    {
        // It may move, but only within its greenlet: its outermost frame stays.
        if (!_memory.TryRead(known.Reader.ThreadStateAddress + _contextVersion, out ulong before)
            || _proof.ReadStopped(_memory, known.Reader) is not (StackStatus.Complete or StackStatus.Truncated)
            || !TryRefresh(known, parents) || parents.ContextVersion != before)
        {
            return false;
        }

        Note(known, parents, RawFrame.OutermostOf(known.Reader.Frames));
        return true;
    }

    /// <summary>Notes what a stack stands on for certain.</summary>
    private static StackId Note(KnownThread known, GreenletParents parents, RemoteAddress outermost)
    {
        RemoteAddress parent = parents.Count > 0 ? parents[0] : default;
        if (known.Seen.Count >= MostJoined)
        {
            known.Seen.Clear();
        }

        // A greenlet that its parent switches to from several places stands now on this one and now on that. Only after a switch it may be another.
        ref SeenStack seen = ref CollectionsMarshal.GetValueRefOrAddDefault(known.Seen, outermost, out _);
        bool isSame = seen.Greenlet == parents.Current && seen.Parent == parent && seen.Under == known.Under;
        int doubts = !isSame ? SwitchesToBelieve : seen.Doubts > 0 && seen.ContextVersion != parents.ContextVersion ? seen.Doubts - 1 : seen.Doubts;
        seen = new SeenStack(parents.Current, parent, known.Under, parents.ContextVersion, doubts);
        return known.Under;
    }

    private KnownThread Know(ThreadStack thread, long now)
    {
        if (!_known.TryGetValue(thread, out KnownThread? known))
        {
            _known.Add(thread, known = new KnownThread(new StackReader(_offsets, thread.Reader.ThreadStateAddress)) { Step = FirstStep });
        }

        if (known.Parents is null && now >= known.LookAt)
        {
            known.LookAt = now + known.Step;
            known.Step = Math.Min(known.Step * 2, LongestStep);
            known.Parents = _threads.Find(thread.PthreadId, thread.Reader.ThreadStateAddress);
        }

        return known;
    }

    private bool TryRefresh(KnownThread known, GreenletParents parents)
    {
        if (!parents.TryRefresh(out bool changed))
        {
            return false;
        }

        if (changed)
        {
            known.Under = default;
            for (int i = parents.Count - 1; i >= 0; i--)
            {
                ReadOnlySpan<RawFrame> frames = parents.FramesOf(i);
                _recorder.Revalidate(frames);
                foreach (RawFrame raw in frames)
                {
                    known.Under = _recorder.TryAdd(raw, out FrameId frame) ? _stacks.Intern(known.Under, frame) : known.Under;
                }
            }
        }

        return true;
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

    /// <summary>What a stack that begins with a certain frame stood on.</summary>
    /// <param name="Greenlet">Whose stack it was.</param>
    /// <param name="Parent">That one's parent; null of a main greenlet.</param>
    /// <param name="Under">What it stood on.</param>
    /// <param name="ContextVersion">When that was.</param>
    /// <param name="Doubts">After how many more switches it must be the same before it is taken for granted.</param>
    private readonly record struct SeenStack(RemoteAddress Greenlet, RemoteAddress Parent, StackId Under, ulong ContextVersion, int Doubts);

    private sealed class KnownThread(StackReader reader)
    {
        /// <summary>Reads the thread's stack apart from its samples.</summary>
        public StackReader Reader { get; } = reader;

        public GreenletParents? Parents { get; set; }

        public long LookAt { get; set; }

        public long Step { get; set; }

        /// <summary>The stack that ends with the innermost frame of the parent of the greenlet that ran at the last look.</summary>
        public StackId Under { get; set; }

        /// <summary>By outermost frame.</summary>
        public Dictionary<RemoteAddress, SeenStack> Seen { get; } = [];
    }
}
