namespace Pyflame.Tests;

/// <summary>Counts what a piece of code allocates.</summary>
internal static class Allocations
{
    /// <summary>
    /// The fewest bytes that any of several runs allocates on this thread. A collection that another test brings about counts what is left of
    /// the thread's allocation context to whoever runs at that moment, so that a single run may seem to allocate.
    /// </summary>
    public static long Least(Action run)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 10 && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
