using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Tests.Profiles.Export;

public sealed class FlameGraphWriterTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Boxes_have_their_place_text_and_numbers()
    {
        XElement picture = Parse(Write(SampleProfiles.TwoThreads(), ExportOptions.Default));

        Assert.Equal(
            [
                "54 all — 18 samples|all — 18 samples · 100 % · 18 ms, own 0 %|0+1179.4",
                "36 <module> app.py:32|<module> (/a/app.py:32) — 10 samples · 55.6 % · 10 ms, own 0 %|0+654.96",
                "36 run pool.py:9|run (/a/pool.py:9) — 8 samples · 44.4 % · 8 ms, own 0 %|655.56+523.84",
                "18 work app.py:25|work (/a/app.py:25) — 10 samples · 55.6 % · 10 ms, own 16.7 %|0+654.96",
                "18 wait pool.py:41|Pool.wait (/a/pool.py:41) — 8 samples · 44.4 % · 8 ms, own 44.4 %|655.56+523.84",
                "0 leaf app.py:14|leaf (/a/app.py:14) — 5 samples · 27.8 % · 5 ms, own 27.8 %|0+327.18",
                "0 leaf app.py:15|leaf (/a/app.py:15) — 2 samples · 11.1 % · 2 ms, own 11.1 %|327.78+130.51",
            ],
            Boxes(picture));
        Assert.Equal("python3 /a/app.py", picture.Element(s_svg + "title")!.Value);
        Assert.Equal("140", (string?)picture.Attribute("height"));
    }

    [Fact]
    public void An_icicle_hangs_from_its_root()
    {
        XElement picture = Parse(Write(SampleProfiles.TwoThreads(), new ExportOptions { Icicle = true, LineNumbers = false }));

        Assert.Equal(
            ["0 all", "18 <module>", "18 run", "36 work", "36 wait", "54 leaf"],
            Boxes(picture).Select(box => string.Join(' ', box.Split(' ', '|')[..2])));
    }

    [Fact]
    public void Options_decide_what_a_box_says()
    {
        var options = new ExportOptions
        {
            FileNames = false,
            QualifiedNames = true,
            ThreadFrames = true,
            ProcessFrames = true,
            Title = "Ours",
        };
        string svg = Write(SampleProfiles.TwoThreads(), options);

        Assert.Contains(">Pool.wait</text>", svg, StringComparison.Ordinal);
        Assert.Contains(">worker-0 (4712)</text>", svg, StringComparison.Ordinal);
        Assert.Contains(">process 4711: python3 /a/app.py</text>", svg, StringComparison.Ordinal);
        Assert.Contains(">Ours</title>", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("pool.py", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void The_circumstances_are_told()
    {
        string svg = Write(SampleProfiles.TwoThreads(), ExportOptions.Default);

        Assert.Contains("10 ms · 18 samples · 1,000 Hz · wall · Python 3.13.1 · 2026-03-01 12:00 UTC", svg, StringComparison.Ordinal);
        Assert.Contains("Rate: 999.5 Hz reached of 1,000 Hz asked for", svg, StringComparison.Ordinal);
        Assert.Contains("Failed: 0", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void What_went_wrong_is_told()
    {
        Profile profile = SampleProfiles.TwoThreads();
        profile.Statistics = profile.Statistics! with { Failed = 3, RateReached = 400 };

        XElement picture = Parse(Write(profile, ExportOptions.Default));

        Assert.Equal(
            ["14.3 % of the stacks could not be read.", "The sampler reached 400 Hz of the 1,000 Hz asked for."],
            picture.Descendants(s_svg + "text").Where(text => (string?)text.Attribute("class") == "note").Select(text => text.Value));
    }

    [Fact]
    public void The_script_gets_every_box()
    {
        XElement picture = Parse(Write(SampleProfiles.TwoThreads(), ExportOptions.Default));

        using JsonDocument data = JsonDocument.Parse(picture.Element(s_svg + "metadata")!.Value);
        Assert.Equal(
            [0, -1, 18, 0, 0, 0, 10, 0, 0, 1, 10, 3, 0, 2, 5, 5, 1, 3, 2, 2, 3, 4, 8, 0, 0, 5, 8, 8],
            data.RootElement.GetProperty("boxes").EnumerateArray().Select(number => number.GetInt64()));
        Assert.Equal(6 * 6, data.RootElement.GetProperty("sites").GetArrayLength());
        Assert.Equal(1e6, data.RootElement.GetProperty("intervalNanoseconds").GetDouble());
    }

    [Fact]
    public void Hostile_names_are_text_and_nothing_else()
    {
        string svg = Write(HostileProfile.Make(), new ExportOptions { ThreadFrames = true, ProcessFrames = true });

        XElement picture = Parse(svg);
        Assert.Single(picture.Descendants(s_svg + "script"));
        Assert.Single(picture.Descendants(s_svg + "style"));
        Assert.Equal(
            ["desc", "g", "metadata", "rect", "script", "style", "svg", "text", "title"],
            picture.DescendantsAndSelf().Select(element => element.Name.LocalName).Distinct().Order());
        Assert.DoesNotContain(
            picture.DescendantsAndSelf().Attributes(),
            attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.DoesNotContain(svg, character => character is '\u202e' or '\u2066' or '\u001b' or '\0' or '\ufffe');
        Assert.Contains("left\\u202eright", svg, StringComparison.Ordinal);
        Assert.Contains("πρόγραμμα 数える שלום مرحبا 🐍 𝔘", svg, StringComparison.Ordinal);
        Assert.Contains("lone\ufffdhalf", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void It_asks_nothing_of_a_network()
    {
        string svg = Write(SampleProfiles.TwoThreads(), ExportOptions.Default);

        string rest = svg
            .Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal)
            .Replace("http://www.w3.org/1999/xhtml", "", StringComparison.Ordinal);
        Assert.DoesNotContain("http", rest, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", rest, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", rest, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void An_empty_profile_is_a_picture_that_says_so()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Counts = new StackCounts();

        XElement picture = Parse(Write(profile, ExportOptions.Default));

        Assert.Contains(picture.Descendants(s_svg + "text"), text => text.Value == "There are no samples.");
        Assert.Contains(picture.Descendants(s_svg + "text"), text => text.Value == "Python profile");
    }

    [Fact]
    public void Five_thousand_stacks_are_less_than_3_MB()
    {
        string svg = Write(GeneratedProfile.WithStacks(5000), ExportOptions.Default);

        Parse(svg);
        Assert.InRange(Encoding.UTF8.GetByteCount(svg), 500_000, 3_000_000);
    }

    [Fact]
    public void A_very_deep_stack_is_cut_and_that_is_told()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 1, null, true));
        profile.Counts = new StackCounts();
        StackId stack = StackId.Empty;
        for (int depth = 0; depth < 3000; depth++)
        {
            stack = SampleProfiles.Push(profile, stack, "/x.py", "f", 1, 1);
        }

        profile.Counts.Add(new ProfiledThreadId(0), stack, 1);

        XElement picture = Parse(Write(profile, ExportOptions.Default));

        Assert.Contains(picture.Descendants(s_svg + "text"), text => text.Value == "Frames deeper than 1,000 are not drawn.");
        Assert.Equal(1001, Boxes(picture).Count());
    }

    private static IEnumerable<string> Boxes(XElement picture) => picture.Elements(s_svg + "g")
        .Single(group => (string?)group.Attribute("id") == "frames")
        .Elements(s_svg + "g")
        .SelectMany(row => row.Elements(s_svg + "g"), (row, box) =>
        {
            string y = ((string)row.Attribute("transform")!).Split(' ', ')')[1];
            XElement rect = box.Element(s_svg + "rect")!;
            return $"{y} {box.Element(s_svg + "text")?.Value}|{box.Element(s_svg + "title")!.Value}|" +
                $"{(string?)rect.Attribute("x")}+{(string?)rect.Attribute("width")}";
        });

    private static XElement Parse(string svg) => XDocument.Parse(svg).Root!;

    private static string Write(Profile profile, ExportOptions options)
    {
        using var stream = new MemoryStream();
        new FlameGraphWriter().Write(profile, stream, options);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
