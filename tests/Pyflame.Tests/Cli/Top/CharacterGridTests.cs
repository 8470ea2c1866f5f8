using Pyflame.Cli.Terminal;

namespace Pyflame.Tests.Cli.Top;

public sealed class CharacterGridTests
{
    [Fact]
    public void Text_stands_where_it_was_written_and_is_cut_at_the_edge()
    {
        var grid = new CharacterGrid(6, 2);

        Assert.Equal(6, grid.Write(1, 2, "abcdef"));

        Assert.Equal(string.Empty, grid.Text(0));
        Assert.Equal("  abcd", grid.Text(1));
    }

    [Fact]
    public void A_wide_character_takes_two_columns_and_is_never_halved()
    {
        var grid = new CharacterGrid(5, 1);

        Assert.Equal(4, grid.Write(0, 0, "函数名"));

        Assert.Equal("函数", grid.Text(0));
        Assert.Equal(string.Empty, grid.Row(0)[1].Text);
        Assert.Equal(" ", grid.Row(0)[4].Text);
    }

    [Theory]
    [InlineData("a\e[31mb\r\n\tc\u009b", "a?[31mb???c?")]
    [InlineData("safe\u202Eevil\u200B", "safeevil")]
    [InlineData("a\u2028b", "a?b")]
    public void No_control_character_gets_in(string text, string shown)
    {
        var grid = new CharacterGrid(20, 1);

        grid.Write(0, 0, text);

        Assert.Equal(shown, grid.Text(0));
    }

    [Fact]
    public void A_mark_goes_on_top_of_its_character()
    {
        var grid = new CharacterGrid(5, 1);

        Assert.Equal(2, grid.Write(0, 0, "e\u0301x"));

        Assert.Equal("e\u0301", grid.Row(0)[0].Text);
        Assert.Equal("x", grid.Row(0)[1].Text);
    }

    [Fact]
    public void A_text_to_the_right_ends_at_the_edge()
    {
        var grid = new CharacterGrid(8, 1);

        grid.WriteRight(0, "函x");

        Assert.Equal("     函x", grid.Text(0));
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("函数", 4)]
    [InlineData("ｆ", 2)]
    [InlineData("é", 1)]
    [InlineData("e\u0301", 1)]
    [InlineData("한글", 4)]
    [InlineData("🐍", 2)]
    [InlineData("…", 1)]
    [InlineData("▼", 1)]
    [InlineData("\u200D", 0)]
    public void Widths_are_those_of_terminals(string text, int columns) => Assert.Equal(columns, DisplayWidth.Of(text));
}
