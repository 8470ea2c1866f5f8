using Pyflame.Cli.Top;
using Pyflame.Profiles;

namespace Pyflame.Tests.Cli.Top;

public sealed class TopStatisticsTests
{
    private readonly TopTarget _target = new();

    private TopStatistics Statistics => _target.Statistics;

    private (long Own, long Total, long RecentOwn, long RecentTotal) Row(string name, int line = 0, int thread = -1)
    {
        TopRow row = Assert.Single(
            Statistics.Rows, row => row.Frame?.Name == name && row.Owner == thread && (line == 0 || row.Frame.LineNumber == line));
        return (row.Own, row.Total, row.RecentOwn, row.RecentTotal);
    }

    [Fact]
    public void Own_is_the_leaf_and_total_is_every_function_of_the_stack()
    {
        _target.Round((0, "main:5;spin:12", SampleState.HoldsGil));
        _target.Round((0, "main:5;spin:13", SampleState.HoldsGil));
        _target.Round((0, "main:6", SampleState.HoldsGil));
        _target.Take();

        Assert.Equal((1, 3, 1, 3), Row("main"));
        Assert.Equal((2, 2, 2, 2), Row("spin"));
        Assert.Equal(3, Statistics.Rounds);
    }

    [Fact]
    public void The_threads_are_those_of_the_last_whole_round()
    {
        _target.Round((0, "main:5", SampleState.None), (1, "main:5", SampleState.None));
        _target.Take();
        Assert.Equal(2, Statistics.ThreadCount);

        _target.Round((0, "main:5", SampleState.None), (1, "main:5", SampleState.None), (2, "main:5", SampleState.None));
        _target.Round((0, "main:5", SampleState.None));
        _target.Take();
        Assert.Equal(3, Statistics.ThreadCount);
    }

    [Fact]
    public void A_recursion_counts_once()
    {
        _target.Round((0, "main:5;walk:2;walk:2;walk:2", SampleState.None));
        _target.Take();

        Assert.Equal((1, 1, 1, 1), Row("walk"));
    }

    [Fact]
    public void Lines_have_rows_of_their_own_on_wish()
    {
        _target.Round((0, "main:5;spin:12", SampleState.None));
        _target.Round((0, "main:5;spin:13", SampleState.None));
        _target.Take();
        Statistics.Grouping = new TopGrouping(true, ThreadGrouping.Together, false, false);

        Assert.Equal((1, 1, 1, 1), Row("spin", 12));
        Assert.Equal((1, 1, 1, 1), Row("spin", 13));
        Assert.Equal((0, 2, 0, 2), Row("main", 5));
    }

    [Fact]
    public void Threads_have_rows_of_their_own_on_wish()
    {
        _target.Round((0, "main:5;spin:12", SampleState.None), (1, "work:3;spin:12", SampleState.None));
        _target.Take();
        Assert.Equal((2, 2, 2, 2), Row("spin"));

        Statistics.Grouping = new TopGrouping(false, ThreadGrouping.Apart, false, false);
        Assert.Equal((1, 1, 1, 1), Row("spin", thread: 0));
        Assert.Equal((1, 1, 1, 1), Row("spin", thread: 1));

        Statistics.Grouping = new TopGrouping(false, ThreadGrouping.Only, false, false);
        Assert.Equal([(0, null, 1L, 1L), (1, null, 1L, 1L)], Statistics.Rows.OrderBy(row => row.Owner).Select(row => (row.Owner, row.Frame?.Name, row.Own, row.Total)));
    }

    [Fact]
    public void Idle_samples_are_shown_on_wish_and_count_for_the_head_always()
    {
        _target.Round((0, "main:5", SampleState.HoldsGil), (1, "wait:3", SampleState.Idle | SampleState.Lock));
        _target.Round((0, "main:5", SampleState.WaitsForGil), (1, "wait:3", SampleState.Idle | SampleState.Lock));
        _target.Take();

        Assert.Equal(["main"], Statistics.Rows.Select(row => row.Frame!.Name));
        Assert.Equal((0.5, 0.25, 0.5), (Statistics.GilShare, Statistics.WaitingShare, Statistics.IdleShare));

        Statistics.Grouping = new TopGrouping(false, ThreadGrouping.Together, true, false);
        Assert.Equal((2, 2, 2, 2), Row("wait"));

        Statistics.Grouping = new TopGrouping(false, ThreadGrouping.Together, true, true);
        Assert.Equal((1, 1, 1, 1), Row("main"));
        Assert.Single(Statistics.Rows);
    }

    [Fact]
    public void What_is_old_is_not_recent_any_more()
    {
        for (int i = 0; i < TopTarget.RecentRounds; i++)
        {
            _target.Round((0, "main:5;old:1", SampleState.None));
            _target.Take();
        }

        for (int i = 0; i < TopTarget.RecentRounds; i++)
        {
            _target.Round((0, "main:6;new:1", SampleState.None));
            _target.Take();
        }

        Assert.Equal((10, 10, 0, 0), Row("old"));
        Assert.Equal((10, 10, 10, 10), Row("new"));
        Assert.Equal((0, 20, 0, 10), Row("main"));
        Assert.Equal((20, 10), (Statistics.Rounds, Statistics.RecentRounds));

        Statistics.Grouping = new TopGrouping(true, ThreadGrouping.Together, false, false);
        Assert.Equal((0, 10, 0, 10), Row("main", 6));
        Assert.Equal((0, 10, 0, 0), Row("main", 5));
    }

    [Fact]
    public void A_sample_weighs_the_rounds_that_were_missed_before_it()
    {
        _target.Add(0, "main:5", SampleState.HoldsGil, weight: 4);
        _target.Take();

        Assert.Equal((4, 4, 4, 4), Row("main"));
        Assert.Equal((4, 1.0), (Statistics.Rounds, Statistics.GilShare));
    }

    [Fact]
    public void Counting_anew_forgets_all_but_names()
    {
        _target.Round((0, "main:5", SampleState.None));
        _target.Take();
        Statistics.Reset();
        Assert.Empty(Statistics.Rows);

        _target.Round((0, "main:5", SampleState.None));
        _target.Take();
        Assert.Equal((1, 1, 1, 1), Row("main"));
        Assert.Equal((1, 1), (Statistics.Rounds, Statistics.ThreadCount));
    }

    [Fact]
    public void Threads_and_process_are_told_as_they_are_now()
    {
        _target.Profile.Processes.Add(new ProfiledProcess(42, "python3 app.py", "3.13.0"));
        _target.Profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 42, "MainThread", true));
        _target.Round((0, "main:5", SampleState.None));
        _target.Take();

        Assert.Equal("MainThread (42)", Assert.Single(Statistics.Threads).Label);
        Assert.Equal("3.13.0", Assert.Single(Statistics.Processes).PythonVersion);
    }

    [Fact]
    public void Processes_have_rows_of_their_own_on_wish()
    {
        _target.Profile.Processes.Add(new ProfiledProcess(42, "python3 app.py", "3.13.0"));
        _target.Profile.Processes.Add(new ProfiledProcess(43, "/usr/bin/python3 worker.py", "3.12.1"));
        _target.Profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 42, "MainThread", true));
        _target.Profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(1), 1, 43, "MainThread", true));
        _target.Profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(2), 1, 44, "Thread-1", false));
        _target.Round((0, "main:5", SampleState.None), (1, "main:5", SampleState.None), (2, "main:5", SampleState.None));
        _target.Take();

        Assert.Equal((3, 2), (Statistics.ThreadCount, Statistics.ProcessCount));
        Statistics.Grouping = new TopGrouping(false, ThreadGrouping.ProcessesApart, false, false);
        Assert.Equal([(0, "main", 1L), (1, "main", 2L)], Statistics.Rows.OrderBy(row => row.Owner).Select(row => (row.Owner, row.Frame!.Name, row.Own)));
        Statistics.Grouping = new TopGrouping(false, ThreadGrouping.ProcessesOnly, false, false);
        Assert.Equal([(0, null, 1L), (1, null, 2L)], Statistics.Rows.OrderBy(row => row.Owner).Select(row => (row.Owner, row.Frame?.Name, row.Own)));
        Assert.Equal(
            ["43 python3 worker.py", "42 python3 app.py"],
            TopLines.Make(Statistics, new TopState { Grouping = Statistics.Grouping, WholeTime = true }).Select(line => line.Owner));
    }
}
