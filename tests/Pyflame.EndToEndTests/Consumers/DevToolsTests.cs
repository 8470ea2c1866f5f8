using System.Text.Json;
using Pyflame.Profiles;
using Pyflame.Tests.Profiles;

namespace Pyflame.EndToEndTests.Consumers;

/// <summary>In the model that Chrome DevTools has of a <c>.cpuprofile</c>.</summary>
public sealed class DevToolsTests
{
    [Fact]
    public void DevTools_shows_functions_lines_and_times_of_one_thread()
    {
        Profile profile = SampleProfiles.TwoThreads();
        SampleLog all = profile.Samples!;
        profile.Samples = new SampleLog();
        foreach (Sample sample in all.Where(sample => sample.Thread.Value == 0))
        {
            profile.Samples.Add(sample);
        }

        JsonElement shown = Open(profile);

        Assert.Equal(
            [
                "(root) :-1 0 of 10 ms",
                " <module> /a/app.py:0 0 of 10 ms",
                "  work /a/app.py:19 3 of 10 ms, line 25 3 times",
                "   leaf /a/app.py:11 7 of 7 ms, line 14 5 times, line 15 2 times",
                " (idle) :-1 0 of 0 ms",
            ],
            Describe(shown));
        Assert.Equal(1772366400000, shown.GetProperty("start").GetDouble());
        Assert.Equal(
            Enumerable.Range(0, 11).Select(tick => 1772366400000.0 + tick),
            shown.GetProperty("times").EnumerateArray().Take(11).Select(time => time.GetDouble()));
        Assert.Equal(
            ["leaf", "leaf", "leaf", "leaf", "leaf", "leaf", "leaf", "work", "work", "work", "(idle)"],
            shown.GetProperty("samples").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public void DevTools_shows_many_threads_below_their_names()
    {
        // 10 ms in all, 8 of which the two threads share.
        JsonElement shown = Open(SampleProfiles.TwoThreads());

        Assert.Equal(10, shown.GetProperty("total").GetDouble(), 6);
        Assert.Equal(
            ["(idle)", "(root)", "<module>", "MainThread (4711)", "leaf", "run", "wait", "work", "worker-0 (4712)"],
            shown.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(
            [1772366400000, 1772366400001, 1772366400002, 1772366400002.5, 1772366400003, 1772366400003.5],
            shown.GetProperty("times").EnumerateArray().Take(6).Select(time => time.GetDouble()));
    }

    private static JsonElement Open(Profile profile)
    {
        using ConsumerFile file = Consumer.Write(profile, "cpuprofile");
        return Consumer.RunNode("devtools.mjs", file.Location);
    }

    private static IEnumerable<string> Describe(JsonElement shown) => shown.GetProperty("nodes").EnumerateArray().Select(node =>
        new string(' ', node.GetProperty("depth").GetInt32())
        + $"{node.GetProperty("name")} {node.GetProperty("url")}:{node.GetProperty("line")}"
        + $" {Math.Round(node.GetProperty("self").GetDouble(), 6)} of {Math.Round(node.GetProperty("total").GetDouble(), 6)} ms"
        + string.Concat(node.GetProperty("ticks").EnumerateArray().Select(tick =>
            $", line {tick.GetProperty("line")} {tick.GetProperty("ticks")} times")));
}
