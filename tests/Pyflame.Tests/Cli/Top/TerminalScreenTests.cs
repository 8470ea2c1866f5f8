using Pyflame.Cli.Terminal;

namespace Pyflame.Tests.Cli.Top;

public sealed class TerminalScreenTests
{
    private readonly TerminalScreen _screen = new(colours: true);

    private static CharacterGrid Grid(string text, CellStyle style = CellStyle.Normal)
    {
        var grid = new CharacterGrid(20, 2);
        grid.Write(1, 0, text, style);
        return grid;
    }

    [Fact]
    public void The_first_picture_is_drawn_on_a_clear_screen() => Assert.Equal("\e[0m\e[2J\e[2;1Habc", _screen.Show(Grid("abc")));

    [Fact]
    public void The_same_picture_sends_nothing()
    {
        _screen.Show(Grid("abc"));
        Assert.Equal(string.Empty, _screen.Show(Grid("abc")));
    }

    [Fact]
    public void Only_what_has_changed_is_sent()
    {
        _screen.Show(Grid("spin 10.0 of 99"));
        Assert.Equal("\e[2;6H2", _screen.Show(Grid("spin 20.0 of 99")));
    }

    [Fact]
    public void What_lies_far_apart_is_sent_apart()
    {
        _screen.Show(Grid("1 the same as ever 1"));
        Assert.Equal("\e[2;1H2\e[2;20H2", _screen.Show(Grid("2 the same as ever 2")));
    }

    [Fact]
    public void What_has_gone_is_blanked()
    {
        _screen.Show(Grid("abc"));
        Assert.Equal("\e[2;2H  ", _screen.Show(Grid("a")));
    }

    [Fact]
    public void A_line_with_wide_characters_is_drawn_whole_and_each_character_placed()
    {
        _screen.Show(Grid("abc"));
        Assert.Equal("\e[2;1H\e[2K\e[2;1Ha函\e[2;4Hc", _screen.Show(Grid("a函c")));
        Assert.Equal("\e[2;1H\e[2K\e[2;1Habc", _screen.Show(Grid("abc")));
    }

    [Fact]
    public void Looks_are_set_once_and_taken_back()
    {
        Assert.Equal("\e[0m\e[2J\e[2;1H\e[0;1;31mab", _screen.Show(Grid("ab", CellStyle.Bold | CellStyle.Red)));
        Assert.Equal("\e[2;1H\e[0mab", _screen.Show(Grid("ab")));
    }

    [Fact]
    public void Without_colours_bold_stays() =>
        Assert.Equal("\e[0m\e[2J\e[2;1H\e[0;1mab", new TerminalScreen(colours: false).Show(Grid("ab", CellStyle.Bold | CellStyle.Red)));

    [Fact]
    public void A_new_size_is_drawn_anew()
    {
        _screen.Show(Grid("abc"));
        var wider = new CharacterGrid(30, 2);
        wider.Write(1, 0, "abc");
        Assert.Equal("\e[0m\e[2J\e[2;1Habc", _screen.Show(wider));
    }
}
