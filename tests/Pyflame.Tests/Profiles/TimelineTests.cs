using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Tests.Profiles;

public sealed class TimelineTests
{
    private const long Interval = SampleProfiles.Millisecond;

    [Fact]
    public void A_sample_lasts_until_the_next_and_a_hole_stays_empty() => Assert.Equal(
        [
            new StackSlice(0, 2 * Interval, new StackId(1)),
            new StackSlice(2 * Interval, 5 * Interval, new StackId(2)),
            new StackSlice(5 * Interval, 6 * Interval, new StackId(1)),
            new StackSlice(6 * Interval, 18 * Interval, StackId.Empty),
            new StackSlice(18 * Interval, 21 * Interval, new StackId(1)),
        ],
        Slices((0, 1, 1), (1, 1, 1), (2, 2, 1), (5, 1, 1), (20, 1, 3)));

    [Fact]
    public void A_sample_fills_the_rounds_that_were_missed_before_it() => Assert.Equal(
        [
            new StackSlice(0, 1 * Interval, new StackId(1)),
            new StackSlice(1 * Interval, 11 * Interval, new StackId(2)),
        ],
        Slices((0, 1, 1), (10, 2, 10)));

    [Fact]
    public void Samples_of_one_moment_do_not_go_back_in_time() => Assert.Equal(
        [new StackSlice(3 * Interval, 4 * Interval, new StackId(2))],
        Slices((3, 1, 1), (3, 2, 1)));

    [Fact]
    public void A_sequence_is_filled_alike()
    {
        Sample[] samples =
        [
            new Sample(0, new ProfiledThreadId(0), new StackId(1), SampleState.None, 1),
            new Sample(10 * Interval, new ProfiledThreadId(0), new StackId(2), SampleState.None, 10),
            new Sample(20 * Interval, new ProfiledThreadId(0), new StackId(1), SampleState.None, 1),
        ];

        Assert.Equal(
            [(0, 1, 1, 0), (1, 2, 10, 0), (11, 0, 0, 9), (20, 1, 1, 0), (21, 0, 0, 0)],
            SampleSequence.Of(samples, Interval)
                .Select(entry => (entry.Time / Interval, entry.Stack.Value, entry.Weight, entry.Length / Interval)));
    }

    [Fact]
    public void Threads_of_one_round_share_its_time()
    {
        var samples = new List<Sample>();
        for (int round = 0; round < 2; round++)
        {
            for (int thread = 0; thread < 4; thread++)
            {
                samples.Add(new Sample(
                    (round * Interval) + (thread * 1000), new ProfiledThreadId(thread), new StackId(thread + 1), SampleState.None, 1));
            }
        }

        Assert.Equal(
            [
                (0L, 1, 1), (250_000L, 2, 1), (500_000L, 3, 1), (750_000L, 4, 1),
                (1_000_000L, 1, 1), (1_250_000L, 2, 1), (1_500_000L, 3, 1), (1_750_000L, 4, 1), (2_000_000L, 0, 0),
            ],
            SampleSequence.Of(samples, Interval).Select(entry => (entry.Time, entry.Stack.Value, entry.IsGap ? 0 : 1)));
    }

    private static IEnumerable<StackSlice> Slices(params (int Time, int Stack, int Weight)[] samples)
    {
        Profile profile = SampleProfiles.Empty();
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 1, null, true));
        var log = new SampleLog();
        foreach ((int time, int stack, int weight) in samples)
        {
            log.Add(new Sample(time * Interval, new ProfiledThreadId(0), new StackId(stack), SampleState.None, weight));
        }

        return StackSlice.Of(ThreadTimeline.Split(profile, log)[0], stack => stack);
    }
}
