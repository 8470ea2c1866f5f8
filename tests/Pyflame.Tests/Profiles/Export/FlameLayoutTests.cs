using Pyflame.Profiles;
using Pyflame.Profiles.Export.Pages;

namespace Pyflame.Tests.Profiles.Export;

public sealed class FlameLayoutTests
{
    [Fact]
    public void Boxes_stand_on_their_callers_the_heaviest_first()
    {
        CallTree tree = CallTree.Build(SampleProfiles.TwoThreads(), CallTreeMerge.Line);
        var layout = new FlameLayout(tree, 0, 100);

        Assert.Equal(
            [
                "- 0 0+18 own 0", "<module>:32 1 0+10 own 0", "work:25 2 0+10 own 3", "leaf:14 3 0+5 own 5", "leaf:15 3 5+2 own 2",
                "run:9 1 10+8 own 0", "wait:41 2 10+8 own 8",
            ],
            layout.Boxes.Select(box => Describe(tree, box)));
        Assert.Equal(3, layout.Deepest);
        Assert.Equal((0, 0), (layout.TooSmall, layout.TooDeep));
    }

    [Fact]
    public void What_is_too_small_or_too_deep_is_left_out_and_counted()
    {
        CallTree tree = CallTree.Build(SampleProfiles.TwoThreads(), CallTreeMerge.Line);

        var withoutSmall = new FlameLayout(tree, 4, 100);
        Assert.Equal(6, withoutSmall.Boxes.Count);
        Assert.Equal((1, 0), (withoutSmall.TooSmall, withoutSmall.TooDeep));

        var shallow = new FlameLayout(tree, 0, 2);
        Assert.Equal(5, shallow.Boxes.Count);
        Assert.Equal((0, 2), (shallow.TooSmall, shallow.TooDeep));
    }

    [Fact]
    public void Equal_weights_are_in_the_order_of_names()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 1, null, true));
        profile.Counts = new StackCounts();
        foreach (string name in new[] { "b", "a", "c" })
        {
            profile.Counts.Add(new ProfiledThreadId(0), SampleProfiles.Stack(profile, ("/x.py", name, 1, 1)), 2);
        }

        CallTree tree = CallTree.Build(profile, CallTreeMerge.Function);

        Assert.Equal(
            ["a:0 1 0+2 own 2", "b:0 1 2+2 own 2", "c:0 1 4+2 own 2"],
            new FlameLayout(tree, 0, 10).Boxes.Skip(1).Select(box => Describe(tree, box)));
    }

    [Fact]
    public void Depth_is_no_recursion()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 1, null, true));
        profile.Counts = new StackCounts();
        StackId stack = StackId.Empty;
        for (int depth = 0; depth < 100_000; depth++)
        {
            stack = SampleProfiles.Push(profile, stack, "/x.py", "f", 1, 1);
        }

        profile.Counts.Add(new ProfiledThreadId(0), stack, 1);

        Assert.Equal(100_001, new FlameLayout(CallTree.Build(profile, CallTreeMerge.Function), 0, int.MaxValue).Boxes.Count);
    }

    private static string Describe(CallTree tree, FlameBox box)
    {
        string site = box.Site < 0 ? "-" : $"{tree.Sites[box.Site].Name}:{tree.Sites[box.Site].LineNumber}";
        return $"{site} {box.Depth} {box.Start}+{box.Total} own {box.Own}";
    }
}
