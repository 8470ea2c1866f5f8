using Pyflame.Cli.Commands;

namespace Pyflame.Tests.Cli;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("recrod", "record")]
    [InlineData("rec", "record")]
    [InlineData("dmup", "dump")]
    [InlineData("pss", "ps")]
    [InlineData("foo", null)]
    [InlineData("top", null)]
    public void Words_that_are_nearly_right_are_found(string typed, string? meant) =>
        Assert.Equal(meant, Suggestion.For(typed, ["record", "dump", "ps", "convert"]));
}
