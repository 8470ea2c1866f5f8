namespace Pyflame.Profiles;

/// <summary>How many intervals were spent in each stack of each thread, without the order in time.</summary>
/// <remarks>Bounded by the number of distinct stacks, however long the recording. Not safe for use by two threads at once.</remarks>
public sealed class StackCounts : ISampleSink
{
    private readonly InternTable<Key> _keys = new();
    private long[] _weights = new long[32];

    /// <summary>How many distinct pairs of a thread and a stack were seen.</summary>
    public int Count => _keys.Count;

    /// <summary>The weights of all samples together, in intervals.</summary>
    public long TotalWeight { get; private set; }

    /// <summary>The pairs in the order in which they were first seen.</summary>
    /// <exception cref="IndexOutOfRangeException">The index is not below <see cref="Count"/>.</exception>
    public StackCount this[int index]
    {
        get
        {
            Key key = _keys[index];
            return new StackCount(new ProfiledThreadId(key.Thread), new StackId(key.Stack), _weights[index]);
        }
    }

    /// <inheritdoc/>
    public void Add(in Sample sample) => Add(sample.Thread, sample.Stack, sample.Weight);

    /// <summary>Adds to the weight of a stack of a thread. Allocates nothing for a known pair.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="stack">Its stack.</param>
    /// <param name="weight">How many intervals.</param>
    public void Add(ProfiledThreadId thread, StackId stack, long weight)
    {
        int index = _keys.Intern(new Key(thread.Value, stack.Value));
        if (index == _weights.Length)
        {
            Array.Resize(ref _weights, _weights.Length * 2);
        }

        _weights[index] += weight;
        TotalWeight += weight;
    }

    private readonly record struct Key(int Thread, int Stack)
    {
        public override int GetHashCode() => unchecked((int)((uint)Thread * 0x85EBCA77U + (uint)Stack * 0xC2B2AE3DU));
    }
}
