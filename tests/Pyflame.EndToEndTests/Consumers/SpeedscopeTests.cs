using System.Text.Json;
using Pyflame.Profiles;
using Pyflame.Tests.Profiles;

namespace Pyflame.EndToEndTests.Consumers;

/// <summary>In speedscope's own page, https://www.speedscope.app, as npm has it.</summary>
public sealed class SpeedscopeTests
{
    [Fact]
    public void Speedscope_shows_threads_functions_lines_and_times()
    {
        JsonElement shown = Open(SampleProfiles.TwoThreads(), "speedscope");

        Assert.Equal("python3 /a/app.py, 2026-03-01 12:00:00 UTC - speedscope", shown.GetProperty("title").GetString());
        Assert.Equal(
            [
                "MainThread (4711) 10.00ms",
                "  5.00ms (50%) 5.00ms (50%) leaf /a/app.py",
                "  10.00ms (100%) 3.00ms (30%) work /a/app.py",
                "  2.00ms (20%) 2.00ms (20%) leaf /a/app.py",
                "  10.00ms (100%) 0.00ns (<0.01%) <module> /a/app.py",
                "worker-0 (4712) 8.00ms",
                "  8.00ms (100%) 8.00ms (100%) wait /a/pool.py",
                "  8.00ms (100%) 0.00ns (<0.01%) run /a/pool.py",
            ],
            Describe(shown));
        Assert.Equal(
            ["<module>:32", "work:25", "leaf:14", "leaf:15", "run:9", "wait:41"],
            shown.GetProperty("frames").EnumerateArray().Select(frame => $"{frame.GetProperty("name")}:{frame.GetProperty("line")}"));
    }

    [Fact]
    public void Speedscope_keeps_a_time_without_samples_apart()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Processes.Add(new ProfiledProcess(1, "", ""));
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 7, "naïve 线程", true));
        profile.Samples = new SampleLog();
        StackId stack = SampleProfiles.Stack(profile, ("a.py", "f", 1, 2));
        SampleProfiles.Add(profile, 0, 0, stack);
        SampleProfiles.Add(profile, 1 * SampleProfiles.Millisecond, 0, stack);
        SampleProfiles.Add(profile, 50 * SampleProfiles.Millisecond, 0, stack, weight: 3);

        // The hole counts for the length, and not for the whole that 100 % stand for.
        JsonElement shown = Open(profile, "speedscope");
        Assert.Equal(["naïve 线程 (7) ", "  5.00ms (100%) 5.00ms (100%) f a.py"], Describe(shown));
        Assert.Equal(51 * SampleProfiles.Millisecond, shown.GetProperty("profiles")[0].GetProperty("length").GetInt64());
    }

    [Fact]
    public void Speedscope_reads_collapsed_stacks()
    {
        JsonElement shown = Open(SampleProfiles.TwoThreads(), "collapsed");

        Assert.Equal(
            [
                "profile.collapsed ",
                "  8 (44%) 8 (44%) /a/pool.py:wait:41 ",
                "  5 (28%) 5 (28%) /a/app.py:leaf:14 ",
                "  10 (56%) 3 (17%) /a/app.py:work:25 ",
                "  2 (11%) 2 (11%) /a/app.py:leaf:15 ",
                "  8 (44%) 0 (<0.01%) /a/pool.py:run:9 ",
                "  10 (56%) 0 (<0.01%) /a/app.py:<module>:32 ",
            ],
            Describe(shown));
    }

    private static JsonElement Open(Profile profile, string format)
    {
        using ConsumerFile file = Consumer.Write(profile, format);
        return Consumer.RunNode("speedscope.mjs", file.Location);
    }

    private static List<string> Describe(JsonElement shown)
    {
        var lines = new List<string>();
        foreach (JsonElement profile in shown.GetProperty("profiles").EnumerateArray())
        {
            lines.Add($"{profile.GetProperty("name")} {profile.GetProperty("total")}");
            lines.AddRange(profile.GetProperty("functions").EnumerateArray().Select(function =>
                $"  {function.GetProperty("total")} {function.GetProperty("self")} {function.GetProperty("name")} {function.GetProperty("file")}"));
        }

        return lines;
    }
}
