using Pyflame.Profiles;

namespace Pyflame.Tests.Profiles;

public sealed class CallTreeTests
{
    [Fact]
    public void Lines_are_told_apart() => Assert.Equal(
        [
            "0 own 0 total 18",
            "1 <module>:32 own 0 total 10",
            "2 work:25 own 3 total 10",
            "3 leaf:14 own 5 total 5",
            "3 leaf:15 own 2 total 2",
            "1 run:9 own 0 total 8",
            "2 wait:41 own 8 total 8",
        ],
        Describe(CallTree.Build(SampleProfiles.TwoThreads(), CallTreeMerge.Line)));

    [Fact]
    public void Functions_are_merged_below_their_thread() => Assert.Equal(
        [
            "0 own 0 total 18",
            "1 MainThread (4711):0 own 0 total 10",
            "2 <module>:0 own 0 total 10",
            "3 work:0 own 3 total 10",
            "4 leaf:0 own 7 total 7",
            "1 worker-0 (4712):0 own 0 total 8",
            "2 run:0 own 0 total 8",
            "3 wait:0 own 8 total 8",
        ],
        Describe(CallTree.Build(SampleProfiles.TwoThreads(), CallTreeMerge.Function, byThread: true)));

    [Fact]
    public void A_module_that_calls_itself_is_one_node() => Assert.Equal(
        ["0 own 0 total 18", "1 /a/app.py:0 own 10 total 10", "1 /a/pool.py:0 own 8 total 8"],
        Describe(CallTree.Build(SampleProfiles.TwoThreads(), CallTreeMerge.Module)));

    [Fact]
    public void Threads_alone_can_be_seen() => Assert.Equal(
        [
            "0 own 0 total 18",
            "1 process 4711: python3 /a/app.py:0 own 0 total 18",
            "2 MainThread (4711):0 own 10 total 10",
            "2 worker-0 (4712):0 own 8 total 8",
        ],
        Describe(CallTree.Build(SampleProfiles.TwoThreads(), CallTreeMerge.Thread, byProcess: true)));

    [Fact]
    public void Recursion_counts_once_a_stack()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 1, null, true));
        profile.Counts = new StackCounts();
        StackId f = SampleProfiles.Stack(profile, ("a.py", "f", 1, 2));
        StackId fgf = SampleProfiles.Push(profile, SampleProfiles.Push(profile, f, "a.py", "g", 5, 6), "a.py", "f", 1, 3);
        SampleProfiles.Add(profile, 0, 0, f, weight: 1);
        SampleProfiles.Add(profile, 0, 0, fgf, weight: 10);
        SampleProfiles.Add(profile, 0, 0, SampleProfiles.Stack(profile, ("a.py", "g", 5, 7)), weight: 100);

        var tree = CallTree.Build(profile, CallTreeMerge.Function);

        Assert.Equal(
            ["f own 11 total 11", "g own 100 total 110"],
            tree.SumBySite().Select(sum => $"{tree.Sites[sum.Site].Name} own {sum.Own} total {sum.Total}"));
    }

    private static List<string> Describe(CallTree tree)
    {
        var lines = new List<string>();
        Visit(0);
        return lines;

        void Visit(int node)
        {
            string site = node == 0 ? "" : $"{tree.Sites[tree.Site(node)].Name}:{tree.Sites[tree.Site(node)].LineNumber} ";
            lines.Add($"{tree.Depth(node)} {site}own {tree.Own(node)} total {tree.Total(node)}");
            for (int child = tree.FirstChild(node); child != 0; child = tree.NextSibling(child))
            {
                Visit(child);
            }
        }
    }
}
