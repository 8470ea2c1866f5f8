using Pyflame.Cli.Terminal;
using Pyflame.Profiles;

namespace Pyflame.Tests.Cli;

public sealed class RecordingSummaryTests
{
    private static readonly RecordingStatistics s_good = new()
    {
        Samples = 5000,
        Proven = 4990,
        Paused = 10,
        Late = 900,
        Duration = TimeSpan.FromSeconds(5),
        RateAsked = 1000,
        RateReached = 1000,
    };

    [Fact]
    public void A_good_recording_has_nothing_to_say() => Assert.Empty(RecordingSummary.Describe(s_good, false, false));

    [Fact]
    public void Little_that_went_wrong_is_not_worth_a_line() => Assert.Empty(RecordingSummary.Describe(
        s_good with { Missed = 4999, Lost = 50, Failed = 50, Truncated = 50 }, false, false));

    [Fact]
    public void Few_are_not_worth_a_line_however_large_their_share() => Assert.Empty(RecordingSummary.Describe(
        s_good with { Samples = 99, RateReached = 2, Missed = 99, Lost = 99, Failed = 99, Truncated = 99 }, false, false));

    [Fact]
    public void Missed_rounds_are_told_with_the_remedy() => Assert.Equal(
        [
            "pyflame: 3000 of 5000 rounds of samples (60 %) did not take place, as the machine was too busy for this rate. "
            + "Try a longer time between samples, such as -r 0.01.",
        ],
        RecordingSummary.Describe(s_good with { Samples = 2000, RateReached = 400, Missed = 3000 }, false, false));

    [Fact]
    public void Lost_samples_are_told_with_what_they_mean() => Assert.Equal(
        [
            "pyflame: 100 of 5000 samples (2 %) are lost, as the stack changed while it was read. "
            + "The profile leans towards code that calls little.",
        ],
        RecordingSummary.Describe(s_good with { Samples = 4900, Lost = 100 }, false, false));

    [Fact]
    public void Refused_pauses_are_the_reason_of_losses() => Assert.Equal(
        [
            "pyflame: 100 of 5000 samples (2 %) are lost, as the stack changed while it was read and the thread could not be "
            + "stopped: is another tracer or debugger attached? The profile leans towards code that calls little.",
        ],
        RecordingSummary.Describe(s_good with { Samples = 4900, Lost = 100 }, true, true));

    [Fact]
    public void A_spent_budget_is_the_reason_of_losses() => Assert.Equal(
        [
            "pyflame: 100 of 5000 samples (2 %) are lost, as the stack changed while it was read and the thread had been stopped "
            + "for as long as it may be. Try a longer time between samples, such as -r 0.01. "
            + "The profile leans towards code that calls little.",
        ],
        RecordingSummary.Describe(s_good with { Samples = 4900, Lost = 100 }, false, true));

    [Fact]
    public void Failed_and_cut_samples_are_told() => Assert.Equal(
        [
            "pyflame: 500 of 5000 samples (10 %) could not be read; they count as (failed).",
            "pyflame: 250 of 5000 stacks (5 %) are too deep to be whole; their outermost frames are missing.",
        ],
        RecordingSummary.Describe(s_good with { Failed = 500, Truncated = 250 }, false, false));
}
