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
    private readonly List<Slice>[] _slices;
    private readonly long[] _histogram = new long[64 << SubBits];
    private readonly List<int> _path = [];
    private int[]?[] _paths = [];
    private long _pathEntries;

    // The frames that are on the stack, as runs that begin together: at which depth, and when.
    private readonly Stack<(int Depth, long Start)> _open = [];
    private long _count;

    /// <summary>Goes through the timelines once.</summary>
    /// <param name="timelines">The threads.</param>
    /// <param name="frames">How frames are shown.</param>
    public TraceSlices(IReadOnlyList<ThreadTimeline> timelines, ShownFrames frames)
    {
        _frames = frames;
        _slices = [.. timelines.Select(_ => new List<Slice>())];
        for (int index = 0; index < timelines.Count; index++)
        {
            ThreadTimeline timeline = timelines[index];
            int[] current = [];
            long end = 0;
            foreach (StackSlice slice in StackSlice.Of(timeline, stack => frames.Show(timeline.Thread.Id, stack)))
            {
                Take(_slices[index], ref current, slice.Stack, slice.Start);
                end = slice.End;
            }

            Take(_slices[index], ref current, StackId.Empty, end);
        }

        LeaveOut();
        foreach (List<Slice> slices in _slices)
        {
            slices.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Depth.CompareTo(b.Depth));
        }
    }

    /// <summary>The shortest time, in nanoseconds, of which all slices are there; 0 where none is left out.</summary>
    public long Shortest { get; private set; }

    /// <summary>The slices of a timeline in the order in which they begin, callers first.</summary>
    /// <param name="timeline">Its index in the list.</param>
    public List<Slice> Of(int timeline) => _slices[timeline];

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

    private void Take(List<Slice> slices, ref int[] current, StackId stack, long end)
    {
        int[] next = PathOf(stack);
        int shared = current.AsSpan().CommonPrefixLength(next);
        for (int top = current.Length; top > shared;)
        {
            (int first, long start) = _open.Peek();
            int depth = Math.Max(first, shared);
            long time = end - start;
            _histogram[BucketOf(time)] += top - depth;
            if (time >= Shortest)
            {
                AddSlices(slices, current.AsSpan(depth, top - depth), depth, start, end);
            }

            top = depth;
            if (first >= shared)
            {
                _open.Pop();
            }
        }

        if (_count > Most + (Most / 4))
        {
            LeaveOut();
        }

        if (next.Length > shared)
        {
            _open.Push((shared, end));
        }

        current = next;
    }

    private void AddSlices(List<Slice> slices, ReadOnlySpan<int> stacks, int depth, long start, long end)
    {
        foreach (int stack in stacks)
        {
            slices.Add(new Slice(start, end, depth++, _frames.Leaf(new StackId(stack))));
        }

        _count += stacks.Length;
    }

    // What is too short among the slices so far is too short among all.
    private void LeaveOut()
    {
        Shortest = FindShortest();
        _count = 0;
        foreach (List<Slice> slices in _slices)
        {
            slices.RemoveAll(slice => slice.End - slice.Start < Shortest);
            _count += slices.Count;
        }
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
}
