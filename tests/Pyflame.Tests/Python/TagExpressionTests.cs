using Pyflame.Python.Values;

namespace Pyflame.Tests.Python;

public sealed class TagExpressionTests
{
    [Fact]
    public void Attributes_and_keys_follow_each_other()
    {
        Assert.True(TagExpression.TryParse("path=Server.handle:request.environ['PATH_INFO'][-1][name].x", out TagExpression? tag));

        Assert.Equal(("path", "Server.handle", "request"), (tag.Name, tag.Function, tag.Local));
        Assert.Equal(
            [
                new TagStep(true, "environ", null), new TagStep(false, "PATH_INFO", null), new TagStep(false, "-1", -1),
                new TagStep(false, "name", null), new TagStep(true, "x", null),
            ],
            tag.Steps);
    }

    [Theory]
    [InlineData("")]
    [InlineData("path")]
    [InlineData("path=handle")]
    [InlineData("=handle:request")]
    [InlineData("path=:request")]
    [InlineData("path=handle:")]
    [InlineData("path=handle:request.")]
    [InlineData("path=handle:request[")]
    [InlineData("path=handle:request[]")]
    [InlineData("path=handle:request path")]
    public void What_makes_no_sense_is_refused(string text) => Assert.False(TagExpression.TryParse(text, out _));
}
