namespace Pyflame.Profiles.Export;

/// <summary>
/// Samples as one sequence in time, for formats that have but one: each lasts until the next one begins. Of one thread, they are
/// where they were taken; of several, those of one round share the round's time evenly, since the moments within a round say
/// nothing of how long each thread stood there.
/// </summary>
internal static class SampleSequence
{
    /// <summary>A sample in the sequence.</summary>
    /// <param name="Time">Its beginning, in nanoseconds since the start.</param>
    /// <param name="Thread">Whose it is.</param>
    /// <param name="Stack">The stack; the empty stack for a time during which nothing was sampled, and for the end.</param>
    /// <param name="IsGap">Whether it is such a time, or the end.</param>
    /// <param name="Length">How long such a time is; 0 for the end.</param>
    /// <param name="Weight">How many intervals the sample stands for.</param>
    internal readonly record struct Entry(
        long Time, ProfiledThreadId Thread, StackId Stack, bool IsGap, long Length = 0, int Weight = 0);

    /// <summary>The sequence of a log. Its last entry is where the time of the last sample ends.</summary>
    public static IEnumerable<Entry> Of(IEnumerable<Sample> samples, long intervalNanoseconds)
    {
        var round = new List<Sample>();

        // The number of the last round that each thread was in.
        var lastRound = new List<int>();
        int number = 1;
        long end = long.MinValue;
        foreach (Sample sample in samples)
        {
            while (lastRound.Count <= sample.Thread.Value)
            {
                lastRound.Add(0);
            }

            if (lastRound[sample.Thread.Value] == number)
            {
                long start = Math.Max(Begin(round[0], intervalNanoseconds), end);
                long next = Begin(sample, intervalNanoseconds);
                end = Math.Max(start, RoundEnd(round, intervalNanoseconds, next));
                for (int index = 0; index < round.Count; index++)
                {
                    yield return At(round, index, start, end);
                }

                if (end < next)
                {
                    yield return new Entry(end, round[0].Thread, StackId.Empty, true, next - end);
                }

                round.Clear();
                number++;
            }

            lastRound[sample.Thread.Value] = number;
            round.Add(sample);
        }

        if (round.Count > 0)
        {
            long start = Math.Max(Begin(round[0], intervalNanoseconds), end);
            end = Math.Max(start, RoundEnd(round, intervalNanoseconds, long.MaxValue));
            for (int index = 0; index < round.Count; index++)
            {
                yield return At(round, index, start, end);
            }

            yield return new Entry(end, round[0].Thread, StackId.Empty, true);
        }
    }

    private static Entry At(List<Sample> round, int index, long start, long end) =>
        new(start + ((end - start) / round.Count * index), round[index].Thread, round[index].Stack, false, 0, round[index].Weight);

    // The next round, unless it is so late that the time before it was not watched.
    private static long RoundEnd(List<Sample> round, long intervalNanoseconds, long next)
    {
        long expected = round[0].TimestampNanoseconds + intervalNanoseconds;
        return next <= expected + (ThreadTimeline.JitterIntervals * intervalNanoseconds) ? next : expected;
    }

    // A sample stands for the rounds missed before it too.
    private static long Begin(in Sample sample, long intervalNanoseconds) =>
        Math.Max(Math.Min(0, sample.TimestampNanoseconds), sample.TimestampNanoseconds - ((sample.Weight - 1) * intervalNanoseconds));
}
