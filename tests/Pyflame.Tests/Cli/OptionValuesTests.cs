using Pyflame.Cli.Commands;

namespace Pyflame.Tests.Cli;

public sealed class OptionValuesTests
{
    [Theory]
    [InlineData("10", 10_000)]
    [InlineData("0.5", 500)]
    [InlineData("500ms", 500)]
    [InlineData("60s", 60_000)]
    [InlineData("5m", 300_000)]
    [InlineData("5min", 300_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("2D", 172_800_000)]
    [InlineData("0", 0)]
    public void Times_are_seconds_or_have_a_unit(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), OptionValues.ParseTime(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("5 parsecs")]
    [InlineData("5xs")]
    [InlineData("99999999999")]
    [InlineData("NaN")]
    public void Other_words_are_no_times(string text) => Assert.Null(OptionValues.ParseTime(text));

    [Theory]
    [InlineData("100", 100)]
    [InlineData("1000hz", 1000)]
    [InlineData("1khz", 1000)]
    [InlineData("2.5kHz", 2500)]
    [InlineData("0.5", 0.5)]
    [InlineData("100khz", 100_000)]
    public void Rates_are_in_hertz(string text, double hertz) => Assert.Equal(hertz, OptionValues.ParseRate(text));

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1mhz")]
    [InlineData("hz")]
    [InlineData("101khz")]
    public void Other_words_are_no_rates(string text) => Assert.Null(OptionValues.ParseRate(text));

    [Theory]
    [InlineData("4711", 4711)]
    [InlineData("0", null)]
    [InlineData("-3", null)]
    [InlineData("99999999999", null)]
    [InlineData("12x", null)]
    public void Process_ids_are_above_zero(string text, int? expected) => Assert.Equal(expected, OptionValues.ParsePositive(text));
}
