using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Python.Layout;
using ThreadState = Pyflame.Python.ThreadState;

namespace Pyflame.Recording;

/// <summary>What the sampler remembers of one thread from sample to sample.</summary>
internal sealed class ThreadStack
{
    private StackId[] _prefixes = new StackId[64];

    public ThreadStack(StructOffsets offsets, CodeObjectCache? codes, RemoteAddress threadState, ulong uniqueId, ulong pthreadId, ProfiledThreadId id)
    {
        Reader = new StackReader(offsets, threadState, codes);
        UniqueId = uniqueId;
        PthreadId = pthreadId;
        Id = id;
    }

    /// <summary>Where its frames are and what they were.</summary>
    public StackReader Reader { get; }

    /// <summary>The thread state's number, by which a new thread at the same address is told; 0 before 3.7.</summary>
    public ulong UniqueId { get; }

    /// <summary>The thread's <c>pthread_t</c>.</summary>
    public ulong PthreadId { get; }

    /// <summary>The thread in the profile.</summary>
    public ProfiledThreadId Id { get; }

    /// <summary>The kernel's id of the thread as we see it; 0 where it is not known, or not yet.</summary>
    public int OsThreadId { get; set; }

    /// <summary>
    /// The thread states of the same OS thread, that of the newest interpreter first; null where it is the only one. A thread that calls into
    /// another interpreter has one in each.
    /// </summary>
    public List<ThreadStack>? Siblings { get; set; }

    /// <summary>Whether its OS thread may run in this interpreter now: not where it holds the GIL in another, or is in a newer one.</summary>
    /// <param name="holders">The thread states that hold a GIL.</param>
    public bool IsCurrent(ReadOnlySpan<RemoteAddress> holders)
    {
        if (Siblings is null)
        {
            return true;
        }

        foreach (ThreadStack sibling in Siblings)
        {
            if (holders.Contains(sibling.Reader.ThreadStateAddress))
            {
                return sibling == this;
            }
        }

        return Siblings[0] == this;
    }

    /// <summary>Finds out which thread states are of the same OS thread.</summary>
    /// <param name="threads">Those of all interpreters, those of the newest interpreter first.</param>
    public static void LinkSiblings(List<ThreadStack> threads)
    {
        var byThread = new Dictionary<int, ThreadStack>();
        foreach (ThreadStack thread in threads)
        {
            thread.Siblings = null;
            if (thread.OsThreadId != 0 && !byThread.TryAdd(thread.OsThreadId, thread))
            {
                ThreadStack first = byThread[thread.OsThreadId];
                thread.Siblings = first.Siblings ??= [first];
                thread.Siblings.Add(thread);
            }
        }
    }

    /// <summary>The stack of its last sample.</summary>
    public StackId LastStack { get; set; }

    /// <summary>Whether any frame changed since its code objects were last looked at: a thread that stands still keeps them alive.</summary>
    public bool HasChanged { get; set; } = true;

    /// <summary>When its code objects are to be looked at again, in nanoseconds of <see cref="DeadlineTimer.Now"/>.</summary>
    public long RevalidateAt { get; set; }

    /// <summary>How often its stack could not be proven lately.</summary>
    public RefusalHistory Refusals;

    /// <summary>Whether what was read is still this thread, and not a new one whose thread state lies where its was.</summary>
    public bool IsSame(ThreadState state) => state.UniqueId == UniqueId && state.PthreadId == PthreadId;

    /// <summary>For how many of the reader's frames, from the outermost on, <see cref="Prefixes"/> is right.</summary>
    public int Resolved { get; set; }

    /// <summary>Of how many of the reader's unchanged frames, from the outermost on, the calls are known (<see cref="Recording.KnownCalls"/>).</summary>
    public int KnownCalls { get; set; }

    /// <summary>The <see cref="StackRecorder.Generation"/> that <see cref="Prefixes"/> and <see cref="KnownCalls"/> are of.</summary>
    public int Generation { get; set; }

    /// <summary>For each frame the stack that ends with it; room for every frame of the reader.</summary>
    public StackId[] Prefixes
    {
        get
        {
            if (_prefixes.Length < Reader.Depth)
            {
                Array.Resize(ref _prefixes, Math.Max(Reader.Depth, _prefixes.Length * 2));
            }

            return _prefixes;
        }
    }
}
