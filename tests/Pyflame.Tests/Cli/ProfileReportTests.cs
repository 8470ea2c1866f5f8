using Pyflame.Cli.Commands;
using Pyflame.Profiles;
using Pyflame.Tests.Profiles;

namespace Pyflame.Tests.Cli;

public sealed class ProfileReportTests
{
    private static readonly ProfileReport Report = new(SampleProfiles.TwoThreads());

    [Fact]
    public void Functions_and_lines_are_sorted_by_own_time()
    {
        Assert.Equal(18, Report.TotalWeight);
        Assert.Equal(
            ["wait 8/8", "leaf 7/7", "work 3/10", "<module> 0/10", "run 0/8"],
            Report.Functions.Select(row => $"{row.Site.Name} {row.Own}/{row.Total}"));
        Assert.Equal(
            ["wait:41 8", "leaf:14 5", "work:25 3", "leaf:15 2"],
            Report.Lines.Where(row => row.Own > 0).Select(row => $"{row.Site.Name}:{row.Site.LineNumber} {row.Own}"));
    }

    [Theory]
    [InlineData("work")]
    [InlineData("app.py:work")]
    [InlineData("/a/app.py:work")]
    public void Callers_and_callees_add_up_to_the_total(string name)
    {
        FunctionReport work = Report.Find(name)!;

        Assert.Equal((3, 10), (work.Own, work.Total));
        Assert.Equal(("<module>", 10), Assert.Single(work.Callers.Select(call => (call.Site!.Value.Name, call.Weight))));
        Assert.Equal(("leaf", 7), Assert.Single(work.Callees.Select(call => (call.Site!.Value.Name, call.Weight))));
    }

    [Fact]
    public void A_function_goes_by_its_qualified_name_too_and_a_root_has_no_caller()
    {
        Assert.Equal(8, Report.Find("Pool.wait")!.Own);
        Assert.Null(Assert.Single(Report.Find("run")!.Callers).Site);
        Assert.Null(Report.Find("pool.py:work"));
        Assert.Null(Report.Find("nothing"));
    }

    [Fact]
    public void A_function_that_calls_itself_counts_once()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 1, null, true));
        FunctionId recursive = profile.InternFunction("recurse", "a.py", 1);
        FunctionId leaf = profile.InternFunction("leaf", "a.py", 9);
        FrameId Frame(FunctionId function) => profile.Frames.Intern(new FrameInfo(function, 2, FrameKind.Python));
        StackId stack = default;
        foreach (FunctionId function in (FunctionId[])[recursive, recursive, recursive, leaf])
        {
            stack = profile.Stacks.Intern(stack, Frame(function));
        }

        profile.Counts = new StackCounts();
        profile.Counts.Add(new ProfiledThreadId(0), stack, 5);
        FunctionReport report = new ProfileReport(profile).Find("recurse")!;

        Assert.Equal((0, 5), (report.Own, report.Total));
        Assert.Equal(5, Assert.Single(report.Callers).Weight);
        Assert.Equal(("leaf", 5), Assert.Single(report.Callees.Select(call => (call.Site!.Value.Name, call.Weight))));
    }
}
