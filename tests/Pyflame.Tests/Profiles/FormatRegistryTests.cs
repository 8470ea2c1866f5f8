using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Tests.Profiles;

public sealed class FormatRegistryTests
{
    [Theory]
    [InlineData("collapsed", "collapsed")]
    [InlineData("Collapsed", "collapsed")]
    [InlineData("raw", "collapsed")]
    [InlineData("nothing", null)]
    public void Formats_are_found_by_name(string name, string? expected) =>
        Assert.Equal(expected, FormatRegistry.FindByName(name)?.Name);

    [Theory]
    [InlineData("/tmp/x.folded", "collapsed")]
    [InlineData("/tmp/X.COLLAPSED", "collapsed")]
    [InlineData("/tmp/x", null)]
    public void Formats_are_found_by_ending(string path, string? expected) =>
        Assert.Equal(expected, FormatRegistry.FindByFileName(path)?.Name);

    [Fact]
    public void A_mistyped_name_gets_a_suggestion()
    {
        var exception = Assert.Throws<ProfileFormatException>(() => FormatRegistry.Resolve("colapsde", "x.txt"));

        Assert.Equal("there is no format 'colapsde'", exception.Problem);
        Assert.StartsWith("Did you mean collapsed? The formats are pyflame, collapsed, ", exception.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ending_that_says_nothing_is_an_error_without_a_fallback()
    {
        Assert.Equal("timestamps", FormatRegistry.Resolve(null, "profile", "timestamps").Name);
        Assert.Equal(
            "the ending of 'profile' does not tell the format",
            Assert.Throws<ProfileFormatException>(() => FormatRegistry.Resolve(null, "profile")).Problem);
    }

    [Fact]
    public void Names_and_endings_are_distinct()
    {
        Assert.Distinct(FormatRegistry.Writers.Select(writer => writer.Name));
        Assert.Distinct(FormatRegistry.Writers.SelectMany(writer => writer.FileEndings));
        Assert.All(FormatRegistry.Writers, writer => Assert.NotEqual("", writer.Description));
    }
}
