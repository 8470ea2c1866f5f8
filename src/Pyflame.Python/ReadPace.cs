namespace Pyflame.Python;

/// <summary>How long reads take when nothing comes between, so that one that took longer is told.</summary>
/// <remarks>
/// A thread needs time to go to another stack and back. A read as fast as any leaves it too little; one that an interrupt, the
/// scheduler or the host held up may leave it enough.
/// </remarks>
internal sealed class ReadPace
{
    // A read costs about as much for each of its pieces as for each page of them, which is what counts here.
    private readonly long[] _fastest = new long[256];

    /// <summary>Notes a read, and tells whether it was held up.</summary>
    /// <param name="pieces">How many pieces and pages it had, together; of very many, no read is called slow.</param>
    /// <param name="elapsed">How long it took, in any unit, the same for all.</param>
    /// <returns>True where it took over a fifth longer than the fastest of its size, or is the first of it.</returns>
    public bool IsSlow(int pieces, long elapsed)
    {
        if (pieces >= _fastest.Length)
        {
            return false;
        }

        ref long fastest = ref _fastest[pieces];
        if (fastest == 0 || elapsed < fastest)
        {
            bool isFirst = fastest == 0;
            fastest = elapsed;
            return isFirst;
        }

        if (elapsed <= fastest + (fastest / 5))
        {
            return false;
        }

        // Where the processor has become slower for good, that is the pace before long.
        fastest += (fastest / 128) + 1;
        return true;
    }
}
