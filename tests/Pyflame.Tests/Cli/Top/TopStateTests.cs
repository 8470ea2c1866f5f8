using System.Text;
using Pyflame.Cli.Terminal;
using Pyflame.Cli.Top;

namespace Pyflame.Tests.Cli.Top;

public sealed class TopStateTests
{
    private readonly TopState _state = new();

    private TopAction Press(string keys)
    {
        TopAction last = TopAction.None;
        foreach (Key key in new KeyReader().Read(Encoding.UTF8.GetBytes(keys)))
        {
            last = _state.Press(key, 10);
        }

        return last;
    }

    [Fact]
    public void A_number_sorts_and_the_same_again_reverses()
    {
        Press("3");
        Assert.Equal((TopColumn.OwnTime, false), (_state.Sort, _state.IsReversed));
        Press("3");
        Assert.Equal((TopColumn.OwnTime, true), (_state.Sort, _state.IsReversed));
        Press("3");
        Assert.Equal((TopColumn.OwnTime, false), (_state.Sort, _state.IsReversed));
        Press("32");
        Assert.Equal((TopColumn.TotalShare, false), (_state.Sort, _state.IsReversed));
    }

    [Fact]
    public void Letters_switch()
    {
        Press("li wg");
        Assert.Equal(new TopGrouping(true, ThreadGrouping.Together, true, true), _state.Grouping);
        Assert.Equal((true, true), (_state.IsPaused, _state.WholeTime));
        Press("li wg");
        Assert.Equal(default, _state.Grouping);
        Assert.Equal((false, false), (_state.IsPaused, _state.WholeTime));
    }

    [Fact]
    public void Threads_go_round()
    {
        Press("t");
        Assert.Equal(ThreadGrouping.Apart, _state.Grouping.Threads);
        Press("t");
        Assert.Equal(ThreadGrouping.Only, _state.Grouping.Threads);
        Press("t");
        Assert.Equal(ThreadGrouping.Together, _state.Grouping.Threads);
    }

    [Fact]
    public void Processes_go_round_and_take_turns_with_threads()
    {
        Press("p");
        Assert.Equal(ThreadGrouping.ProcessesApart, _state.Grouping.Threads);
        Press("p");
        Assert.Equal(ThreadGrouping.ProcessesOnly, _state.Grouping.Threads);
        Press("p");
        Assert.Equal(ThreadGrouping.Together, _state.Grouping.Threads);
        Press("pt");
        Assert.Equal(ThreadGrouping.Apart, _state.Grouping.Threads);
        Press("p");
        Assert.Equal(ThreadGrouping.ProcessesApart, _state.Grouping.Threads);
    }

    [Fact]
    public void A_filter_takes_every_letter_until_it_is_done()
    {
        Assert.Equal(TopAction.None, Press("/q函r1\x7f"));
        Assert.Equal(("q函r", true), (_state.Filter, _state.IsTyping));
        Press("\x7f\x7f\r");
        Assert.Equal(("q", false), (_state.Filter, _state.IsTyping));
        _state.Press(new Key(KeyKind.Escape), 10);
        Assert.Equal(string.Empty, _state.Filter);
    }

    [Fact]
    public void Escape_while_typing_clears()
    {
        Press("/ab");
        _state.Press(new Key(KeyKind.Escape), 10);
        Assert.Equal((string.Empty, false), (_state.Filter, _state.IsTyping));
    }

    [Theory]
    [InlineData("q", "Quit")]
    [InlineData("\x03", "Quit")]
    [InlineData("/ab\x03", "Quit")]
    [InlineData("r", "Reset")]
    [InlineData("\x0c", "Redraw")]
    [InlineData("z", "None")]
    public void Keys_ask(string keys, string action) => Assert.Equal(Enum.Parse<TopAction>(action), Press(keys));

    [Fact]
    public void Scrolling_stays_within_numbers()
    {
        Press("\e[A");
        Assert.Equal(0, _state.FirstRow);
        Press("\e[6~j\e[B");
        Assert.Equal(12, _state.FirstRow);
        Press("\e[F\e[B\e[B");
        Assert.Equal(int.MaxValue, _state.FirstRow);
        Press("\e[H");
        Assert.Equal(0, _state.FirstRow);
    }

    [Fact]
    public void Help_comes_and_goes()
    {
        Press("?");
        Assert.True(_state.ShowsHelp);
        _state.Press(new Key(KeyKind.Escape), 10);
        Assert.False(_state.ShowsHelp);
    }
}
