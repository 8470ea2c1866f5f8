using Pyflame.Cli.Top;
using Pyflame.Profiles;

namespace Pyflame.Tests.Cli.Top;

public sealed class TopLinesTests
{
    private readonly TopTarget _target = new();
    private readonly TopState _state = new();

    public TopLinesTests()
    {
        _target.Profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 42, "MainThread", true));
        _target.Round((0, "main:5;spin:12", SampleState.HoldsGil));
        _target.Round((0, "main:5;spin:12", SampleState.HoldsGil));
        _target.Round((0, "main:5;spin:13", SampleState.HoldsGil));
        _target.Round((0, "main:7;Read:20", SampleState.HoldsGil));
        _target.Take();
    }

    private string[] Lines()
    {
        _target.Statistics.Grouping = _state.Grouping;
        return [.. TopLines.Make(_target.Statistics, _state).Select(line => $"{line.OwnShare} {line.TotalShare} {line.OwnTime.TotalMilliseconds} {line.TotalTime.TotalMilliseconds} {line.Name} {line.Place}")];
    }

    [Fact]
    public void Functions_are_sorted_by_own_share() => Assert.Equal(
        ["0.75 0.75 30 30 spin /srv/app.py:1", "0.25 0.25 10 10 Read /srv/app.py:1", "0 1 0 40 main /srv/app.py:1"], Lines());

    [Fact]
    public void Lines_tell_where_they_stand()
    {
        _state.Grouping = new TopGrouping(true, ThreadGrouping.Together, false, false);
        _state.Sort = TopColumn.TotalTime;
        Assert.Equal(
            [
                "0 0.75 0 30 main /srv/app.py:5",
                "0.5 0.5 20 20 spin /srv/app.py:12",
                "0.25 0.25 10 10 Read /srv/app.py:20",
                "0.25 0.25 10 10 spin /srv/app.py:13",
                "0 0.25 0 10 main /srv/app.py:7",
            ],
            Lines());
    }

    [Fact]
    public void Reversed_is_the_other_way_round()
    {
        _state.IsReversed = true;
        Assert.Equal("0 1 0 40 main /srv/app.py:1", Lines()[0]);
    }

    [Theory]
    [InlineData("SPI", 1)]
    [InlineData("read", 1)]
    [InlineData("app.py", 3)]
    [InlineData("nothing", 0)]
    public void A_filter_ignores_case(string filter, int count)
    {
        _state.Filter = filter;
        Assert.Equal(count, Lines().Length);
    }

    [Fact]
    public void A_filter_finds_threads()
    {
        _state.Grouping = new TopGrouping(false, ThreadGrouping.Apart, false, false);
        _state.Filter = "mainthread (42)";
        Assert.Equal(3, Lines().Length);
    }

    [Fact]
    public void Line_numbers_go_on_wish()
    {
        _state.LineNumbers = false;
        Assert.Equal("0.75 0.75 30 30 spin /srv/app.py", Lines()[0]);
    }
}
