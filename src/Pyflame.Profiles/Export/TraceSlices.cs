using System.Numerics;

namespace Pyflame.Profiles.Export;

/// <summary>
/// The frames of threads as nested slices of time. A long recording has hundreds of millions, which nothing opens: past
/// <see cref="Most"/> the shortest are left out, and their time is their caller's.
/// </summary>
internal sealed class TraceSlices
{
    /// <summary>How many slices there are at the most.</summary>
    public const int Most = 1_000_000;

    // No more than this is kept of paths, however many stacks there are.
    private const long MostPathEntries = 16 << 20;

    // Buckets of a histogram: sixteen for each power of two.
    private const int SubBits = 4;

    private readonly ShownFrames _frames;
    private readonly List<ChunkedList<Change>> _changes = [];
    private readonly long[] _histogram = new long[64 << SubBits];
    private readonly List<int> _path = [];
    private int[]?[] _paths = [];
    private long _pathEntries;
    private long[] _open = new long[64];

    /// <summary>Goes through the timelines once.</summary>
    /// <param name="timelines">The threads.</param>
    /// <param name="frames">How frames are shown.</param>
    public TraceSlices(IReadOnlyList<ThreadTimeline> timelines, ShownFrames frames)
    {
        _frames = frames;
        foreach (ThreadTimeline timeline in timelines)
        {
            var changes = new ChunkedList<Change>();
            int[] current = [];
            long end = 0;
            foreach (StackSlice slice in StackSlice.Of(timeline, stack => frames.Show(timeline.Thread.Id, stack)))
            {
                Take(changes, ref current, slice.Stack, slice.Start);
                end = slice.End;
            }

            if (changes.Count > 0)
            {
                Take(changes, ref current, StackId.Empty, end);
            }

            _changes.Add(changes);
        }

        Shortest = FindShortest();
    }

    /// <summary>The shortest time, in nanoseconds, of which all slices are there; 0 where none is left out.</summary>
    public long Shortest { get; }

    /// <summary>The slices of a timeline in the order in which they begin, callers first.</summary>
    /// <param name="timeline">Its index in the list.</param>
    public List<Slice> Of(int timeline)
    {
        var slices = new List<Slice>();
        int[] current = [];
        ChunkedList<Change> changes = _changes[timeline];
        for (int index = 0; index < changes.Count; index++)
        {
            Change change = changes[index];

            // A callee is no longer than its caller.
            for (int depth = change.Shared; depth < current.Length && change.Start - _open[depth] >= Shortest; depth++)
            {
                slices.Add(new Slice(_open[depth], change.Start, depth, _frames.Leaf(new StackId(current[depth]))));
            }

            current = PathOf(change.Stack);
            Open(change.Shared, current.Length, change.Start);
        }

        slices.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Depth.CompareTo(b.Depth));
        return slices;
    }

    private static int BucketOf(long time)
    {
        int power = BitOperations.Log2((ulong)Math.Max(1, time));
        long rest = power <= SubBits ? time << (SubBits - power) : time >> (power - SubBits);
        return (power << SubBits) | (int)(rest & ((1 << SubBits) - 1));
    }

    private static long LeastOf(int bucket)
    {
        int power = bucket >> SubBits;
        long mantissa = (1L << SubBits) | (uint)(bucket & ((1 << SubBits) - 1));
        return power <= SubBits ? mantissa >> (SubBits - power) : mantissa << (power - SubBits);
    }

    private void Take(ChunkedList<Change> changes, ref int[] current, StackId stack, long start)
    {
        int[] next = PathOf(stack);
        int shared = current.AsSpan().CommonPrefixLength(next);
        for (int depth = shared; depth < current.Length;)
        {
            // Many frames begin together, at the change before.
            int same = depth;
            while (same < current.Length && _open[same] == _open[depth])
            {
                same++;
            }

            _histogram[BucketOf(start - _open[depth])] += same - depth;
            depth = same;
        }

        Open(shared, next.Length, start);
        changes.Add(new Change(start, stack, shared));
        current = next;
    }

    private void Open(int from, int to, long start)
    {
        if (to > _open.Length)
        {
            Array.Resize(ref _open, to * 2);
        }

        _open.AsSpan(from, Math.Max(0, to - from)).Fill(start);
    }

    private long FindShortest()
    {
        long count = 0;
        for (int bucket = _histogram.Length - 1; bucket >= 0; bucket--)
        {
            count += _histogram[bucket];
            if (count > Most)
            {
                return LeastOf(bucket + 1);
            }
        }

        return 0;
    }

    // The stacks from the root to this one, which are the frames with all that called them.
    private int[] PathOf(StackId shown)
    {
        if (shown.Value < _paths.Length && _paths[shown.Value] is { } known)
        {
            return known;
        }

        _path.Clear();
        for (StackId stack = shown; !stack.IsEmpty; stack = _frames.Stacks.Parent(stack))
        {
            _path.Add(stack.Value);
        }

        _path.Reverse();
        int[] path = [.. _path];
        _pathEntries += path.Length;
        if (_pathEntries <= MostPathEntries)
        {
            if (shown.Value >= _paths.Length)
            {
                Array.Resize(ref _paths, Math.Max(shown.Value + 1, _paths.Length * 2));
            }

            _paths[shown.Value] = path;
        }

        return path;
    }

    /// <summary>A frame while it was on the stack.</summary>
    /// <param name="Start">In nanoseconds since the start of the profile.</param>
    /// <param name="End">In nanoseconds since the start of the profile.</param>
    /// <param name="Depth">How many frames called it.</param>
    /// <param name="Frame">The index of the shown frame.</param>
    internal readonly record struct Slice(long Start, long End, int Depth, int Frame);

    // A thread's stack from a moment on, and how many frames it shares with the one before.
    private readonly record struct Change(long Start, StackId Stack, int Shared);
}
