namespace Pyflame.Profiles.Export;

/// <summary>A time during which a thread was seen in one stack.</summary>
/// <param name="Start">In nanoseconds since the start of the profile.</param>
/// <param name="End">In nanoseconds since the start of the profile.</param>
/// <param name="Stack">The stack, as the format shows it; the empty stack while the thread was not watched.</param>
internal readonly record struct StackSlice(long Start, long End, StackId Stack)
{
    /// <summary>The timeline of a thread without gaps: successive samples of one stack are one slice.</summary>
    /// <param name="timeline">The samples.</param>
    /// <param name="show">Gives the stack that is shown for one of the profile's.</param>
    public static IEnumerable<StackSlice> Of(ThreadTimeline timeline, Func<StackId, StackId> show)
    {
        var current = new StackSlice(timeline.Time(0), timeline.Time(0), StackId.Empty);
        StackId last = timeline.Stack(0);
        StackId stack = show(last);
        for (int index = 0; index < timeline.Count; index++)
        {
            long start = timeline.Time(index);
            long end = timeline.End(index);
            if (timeline.Stack(index) != last)
            {
                last = timeline.Stack(index);
                stack = show(last);
            }

            if (current.End < start && !current.Stack.IsEmpty)
            {
                yield return current;
                current = new StackSlice(current.End, start, StackId.Empty);
            }

            if (stack != current.Stack)
            {
                if (current.Start < start)
                {
                    yield return current with { End = start };
                }

                current = new StackSlice(start, end, stack);
            }
            else
            {
                current = current with { End = end };
            }
        }

        if (current.Start < current.End)
        {
            yield return current;
        }
    }
}
