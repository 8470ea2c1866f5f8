using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Tests.Profiles.Export;

public sealed partial class HtmlReportWriterTests
{
    [Fact]
    public void The_payload_holds_every_stack_of_every_thread()
    {
        var payload = new PagePayloadReader(Write(SampleProfiles.TwoThreads(), ExportOptions.Default));

        Assert.True(payload.IsComplete);
        Assert.Equal([0, 32, 1, 25, 2, 14, 2, 15, 3, 9, 4, 41], payload.Frames);
        Assert.Equal([0, 0, 0, 1, 3, 0], payload.Ups);
        Assert.Equal([0, 1, 2, 3, 4, 5], payload.StackFrames);
        Assert.Equal([2, 0, 3, 1, 0, 5, 1, 0, 2, 2, 1, 8], payload.Weights);
        Assert.Equal("""["","","/a/app.py","app.py","/a/pool.py","pool.py"]""", Texts(payload.Header["files"]!, 0, 1));
        Assert.Equal(
            ["<module>", "", "1", "1", "0", "work", "", "1", "20", "0", "leaf", "", "1", "12", "0", "run", "", "2", "3", "0", "wait", "Pool.wait", "2", "40", "0"],
            payload.Header["functions"]!.AsArray().Where((_, index) => index % 6 != 5).Select(value => value!.ToString()));
        Assert.Equal("""[["MainThread (4711)",0],["worker-0 (4712)",0]]""", payload.Header["threads"]!.ToJsonString());
        Assert.Equal(1_000_000, payload.Header["intervalNanoseconds"]!.GetValue<long>());
        Assert.Empty(payload.Header["sources"]!.AsArray());
    }

    [Fact]
    public void Options_decide_what_is_in_the_page()
    {
        var payload = new PagePayloadReader(Write(
            SampleProfiles.TwoThreads(), new ExportOptions { FileNames = false, Icicle = true, ThreadFrames = true, Title = "Ours" }));

        Assert.Equal([0, 0, 1, 0, 2, 0, 3, 0, 4, 0], payload.Frames);
        Assert.Equal([2, 0, 3, 1, 0, 7, 2, 1, 8], payload.Weights);
        Assert.Single(payload.Header["files"]!.AsArray());
        Assert.Equal("Ours", payload.Header["title"]!.GetValue<string>());
        Assert.Equal("""{"icicle":true,"qualifiedNames":false,"byThread":true,"byProcess":false}""", payload.Header["start"]!.ToJsonString());
    }

    [Fact]
    public void Sources_are_those_of_sampled_files_the_hottest_first()
    {
        var asked = new List<string>();
        var payload = new PagePayloadReader(Write(SampleProfiles.TwoThreads(), new ExportOptions
        {
            OpenSource = file =>
            {
                asked.Add(file);
                return file == "/a/app.py" ? new MemoryStream("def work():\n    leaf()\n"u8.ToArray()) : null;
            },
        }));

        Assert.Equal(["/a/app.py", "/a/pool.py"], asked);
        JsonNode source = Assert.Single(payload.Header["sources"]!.AsArray())!;
        Assert.Equal("""[[1,"def work():\n    leaf()"]]""", source["blocks"]!.ToJsonString());
        Assert.Equal(1, source["file"]!.GetValue<int>());
        Assert.Equal(2, source["lineCount"]!.GetValue<int>());
        Assert.True(source["changed"]!.GetValue<bool>());
    }

    [Fact]
    public void The_policy_allows_the_pages_own_script_and_style_and_no_network()
    {
        string html = Write(SampleProfiles.TwoThreads(), ExportOptions.Default);

        string script = html[(html.LastIndexOf("<script>", StringComparison.Ordinal) + 8)..html.LastIndexOf("</script>", StringComparison.Ordinal)];
        string style = html[(html.IndexOf("<style>", StringComparison.Ordinal) + 7)..html.IndexOf("</style>", StringComparison.Ordinal)];
        string policy = PolicyPattern().Match(html).Groups[1].Value;
        Assert.Equal(
            $"default-src 'none'; script-src 'sha256-{Hash(script)}'; style-src 'sha256-{Hash(style)}'; img-src data:; base-uri 'none'; form-action 'none'",
            policy);

        // Before the first thing that the policy is about.
        Assert.InRange(html.IndexOf("Content-Security-Policy", StringComparison.Ordinal), 0, html.IndexOf("<link", StringComparison.Ordinal));
    }

    [Fact]
    public void It_asks_nothing_of_a_network()
    {
        string html = Write(SampleProfiles.TwoThreads(), ExportOptions.Default)
            .Replace("xmlns='http://www.w3.org/2000/svg'", "", StringComparison.Ordinal);

        Assert.DoesNotMatch("(?i)https?:|url\\(|@import|src=|fetch\\(|XMLHttpRequest|WebSocket|import\\(", html);
        Assert.DoesNotMatch("(?i)\\s(on[a-z]+|style)=\"", html);
        Assert.DoesNotContain("innerHTML", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_are_text_and_nothing_else()
    {
        string html = Write(HostileProfile.Make(), new ExportOptions { ThreadFrames = true });

        Assert.Equal(2, Regex.Count(html, "(?i)<script"));
        Assert.Equal(2, Regex.Count(html, "(?i)</script"));
        Assert.Equal(1, Regex.Count(html, "(?i)<style"));
        Assert.DoesNotMatch("(?i)<img|<!--|<!\\[CDATA", html);
        Assert.DoesNotContain(html, character => character is '\u202e' or '\u2066' or '\u001b' or '\0' or '\ufffe');
        var payload = new PagePayloadReader(html);
        Assert.Contains("<script>window.pyflameTrap=1</script>", payload.Header["functions"]!.AsArray().Select(text => text!.ToString()));
        Assert.Contains("left\\u202eright\\u2066inner\\u2069", payload.Header["functions"]!.AsArray().Select(text => text!.ToString()));
    }

    [Fact]
    public void Readers_without_scripts_get_the_hottest_functions()
    {
        string html = Write(SampleProfiles.TwoThreads(), ExportOptions.Default);

        Assert.Contains(
            "<tr><td>44.4 %</td><td>44.4 %</td><td>Pool.wait</td><td>/a/pool.py</td></tr>\n" +
            "<tr><td>38.9 %</td><td>38.9 %</td><td>leaf</td><td>/a/app.py</td></tr>\n",
            html, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_profile_is_a_page()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Counts = new StackCounts();

        var payload = new PagePayloadReader(Write(profile, ExportOptions.Default));

        Assert.True(payload.IsComplete);
        Assert.Empty(payload.StackFrames);
        Assert.Empty(payload.Weights);
    }

    [Fact]
    public void A_hundred_thousand_stacks_are_a_few_megabytes()
    {
        string html = Write(GeneratedProfile.WithStacks(100_000), ExportOptions.Default);

        Assert.InRange(html.Length, 1_000_000, 12_000_000);
        Assert.Equal(100_000 * 3, new PagePayloadReader(html).Weights.Length);
    }

    private static string Texts(JsonNode rows, params int[] columns) => new JsonArray(
        [.. rows.AsArray().SelectMany(row => columns.Select(column => (JsonNode?)row![column]!.GetValue<string>()))]).ToJsonString();

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Write(Profile profile, ExportOptions options)
    {
        using var stream = new MemoryStream();
        new HtmlReportWriter().Write(profile, stream, options);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [GeneratedRegex("<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\">")]
    private static partial Regex PolicyPattern();
}
