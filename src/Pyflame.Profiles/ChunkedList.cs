namespace Pyflame.Profiles;

/// <summary>A list for millions of values: it grows without copying them, and takes no more room than they need.</summary>
internal sealed class ChunkedList<T>
    where T : struct
{
    private const int ChunkBits = 14;
    private const int ChunkMask = (1 << ChunkBits) - 1;
    private const int FirstLength = 64;

    // All are full but the last, and all of one length but the first, which grows to it: many lists stay short.
    private T[][] _chunks = [[]];
    private int _last;
    private int _used;

    /// <summary>How many values there are.</summary>
    public int Count => (_last << ChunkBits) + _used;

    /// <summary>A value by its index.</summary>
    public ref T this[int index] => ref _chunks[index >> ChunkBits][index & ChunkMask];

    /// <summary>Appends a value.</summary>
    public void Add(T value)
    {
        if (_used == _chunks[_last].Length)
        {
            Grow();
        }

        _chunks[_last][_used++] = value;
    }

    private void Grow()
    {
        if (_used <= ChunkMask)
        {
            Array.Resize(ref _chunks[_last], Math.Max(FirstLength, _used * 2));
            return;
        }

        if (++_last == _chunks.Length)
        {
            Array.Resize(ref _chunks, _chunks.Length * 2);
        }

        _chunks[_last] = new T[ChunkMask + 1];
        _used = 0;
    }
}
