using System.Text;
using System.Xml.Linq;
using Pyflame.Cli.Commands;
using Pyflame.Profiles;
using Pyflame.Tests.Profiles;

namespace Pyflame.Tests.Cli;

public sealed class ProfileDifferenceTests
{
    private static Profile Make(params (string Function, int Weight)[] leaves)
    {
        Profile profile = SampleProfiles.Empty();
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 1, null, true));
        profile.Counts = new StackCounts();
        StackId root = Push(default, "main");
        foreach ((string function, int weight) in leaves)
        {
            profile.Counts.Add(new ProfiledThreadId(0), Push(root, function), weight);
        }

        return profile;

        StackId Push(StackId parent, string function) => profile.Stacks.Intern(
            parent, profile.Frames.Intern(new FrameInfo(profile.InternFunction(function, "a.py", function.Length), 1, FrameKind.Python)));
    }

    [Theory]
    [InlineData(500, 1000, 500, 1000, false)]
    [InlineData(500, 1000, 540, 1000, false)]
    [InlineData(500, 1000, 545, 1000, true)]
    [InlineData(5, 10, 9, 10, false)]
    [InlineData(0, 0, 9, 10, false)]
    [InlineData(0, 100, 0, 100, false)]
    public void A_change_counts_only_beyond_sampling_error(long before, long beforeAll, long after, long afterAll, bool expected) =>
        Assert.Equal(expected, new ShareChange(before, beforeAll, after, afterAll).IsSignificant);

    [Fact]
    public void Functions_are_sorted_by_how_much_their_own_share_changed()
    {
        var difference = new ProfileDifference(
            Make(("parse", 500), ("gone", 300), ("same", 200)), Make(("parse", 1560), ("new", 40), ("same", 400)));

        Assert.Equal(
            ["gone 0.30 0.00 True", "parse 0.50 0.78 True", "new 0.00 0.02 True", "same 0.20 0.20 False", "main 0.00 0.00 False"],
            difference.Functions.Select(row => FormattableString.Invariant(
                $"{row.Site.Name} {row.Own.BeforeShare:0.00} {row.Own.AfterShare:0.00} {row.Own.IsSignificant}")));
        Assert.Contains("  50.00%  78.00%  +28.00  ", DiffWriter.Table(difference, 10), StringComparison.Ordinal);
    }

    [Fact]
    public void Collapsed_differences_have_both_counts()
    {
        using var stream = new MemoryStream();
        DiffWriter.WriteCollapsed(new ProfileDifference(Make(("f", 5)), Make(("f", 7), ("g", 1))), stream);

        Assert.Equal("a.py:main;a.py:f 5 7\na.py:main;a.py:g 0 1\n", Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void The_picture_is_xml_with_a_box_for_each_call()
    {
        using var stream = new MemoryStream();
        DiffFlameGraph.Write(new ProfileDifference(Make(("f", 500)), Make(("f<&>", 600), ("g", 400))), "A to B", stream);
        XDocument picture = XDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()));
        XNamespace svg = "http://www.w3.org/2000/svg";

        Assert.Equal(
            ["all: A 100.00 %, B 100.00 %, change 0.00 points (within sampling error)", "f<&> (a.py): A 0.00 %, B 60.00 %, change +60.00 points", "g (a.py): A 0.00 %, B 40.00 %, change +40.00 points", "main (a.py): A 100.00 %, B 100.00 %, change 0.00 points (within sampling error)"],
            picture.Descendants(svg + "title").Select(title => title.Value).Order(StringComparer.Ordinal));
        Assert.Contains(picture.Descendants(svg + "rect"), box => box.Attribute("width")?.Value == "708" && box.Attribute("fill")?.Value == "rgb(255,85,85)");
    }
}
