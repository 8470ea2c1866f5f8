using System.Text.Json;
using Pyflame.Profiles;
using Pyflame.Tests.Profiles;

namespace Pyflame.EndToEndTests.Consumers;

/// <summary>In Firefox's profiler, https://profiler.firefox.com, by its own command-line front end.</summary>
public sealed class FirefoxTests
{
    [Fact]
    public void Firefox_shows_threads_functions_times_and_markers()
    {
        JsonElement shown = Open(SampleProfiles.TwoThreads(), "firefox");

        Assert.Equal(
            [
                "MainThread 4711 of python3 /a/app.py (4711), on a processor for 9 ms",
                "  <module>: 10 in all, 0 itself",
                "  leaf: 7 in all, 7 itself",
                "  work: 10 in all, 3 itself",
                "worker-0 4712 of python3 /a/app.py (4711), on a processor for 0 ms",
                "  run: 8 in all, 0 itself",
                "  wait: 8 in all, 8 itself",
                "  marker Idle: 1, 8 ms",
            ],
            Describe(shown));
        Assert.Equal(
            "python3 /a/app.py, 2026-03-01 12:00:00 UTC – Linux 6.1", shown.GetProperty("profile").GetProperty("name").GetString());
        Assert.Equal(["<module>", "work", "leaf"], Hottest(shown.GetProperty("threads")[0].GetProperty("tree")));
    }

    [Fact]
    public void Firefox_marks_waiting_for_the_gil_and_collecting_garbage()
    {
        Profile profile = SampleProfiles.TwoThreads();
        profile.Samples = new SampleLog();
        StackId stack = SampleProfiles.Stack(profile, ("/a/app.py", "f", 1, 2));
        SampleState[] states =
        [
            SampleState.OnCpu | SampleState.HoldsGil, SampleState.WaitsForGil, SampleState.WaitsForGil, SampleState.OnCpu,
            SampleState.OnCpu | SampleState.CollectingGarbage, SampleState.WaitsForGil,
        ];
        for (int tick = 0; tick < states.Length; tick++)
        {
            SampleProfiles.Add(profile, tick * SampleProfiles.Millisecond, 0, stack, states[tick]);
        }

        Assert.Equal(
            [
                "MainThread 4711 of python3 /a/app.py (4711), on a processor for 2 ms",
                "  f: 6 in all, 6 itself",
                "  marker Garbage collection: 1, 1 ms",
                "  marker Waiting for the GIL: 2, 3 ms",
            ],
            Describe(Open(profile, "firefox")));
    }

    [Fact]
    public void Firefox_draws_call_trees_from_chrome_traces()
    {
        JsonElement shown = Open(SampleProfiles.TwoThreads(), "chrome-trace");

        // A last, idle sample marks each thread's end there, and slices are markers.
        Assert.Equal(
            [
                "MainThread 4711:4711 of process 4711: python3 /a/app.py (4711), on a processor for 0 ms",
                "  (idle): 1 in all, 1 itself",
                "  (root): 11 in all, 0 itself",
                "  <module>: 10 in all, 0 itself",
                "  leaf: 7 in all, 7 itself",
                "  work: 10 in all, 3 itself",
                "  marker <module>: 1, 10 ms",
                "  marker leaf: 2, 7 ms",
                "  marker work: 1, 10 ms",
                "worker-0 4711:4712 of process 4711: python3 /a/app.py (4711), on a processor for 0 ms",
                "  (idle): 1 in all, 1 itself",
                "  (root): 9 in all, 0 itself",
                "  run: 8 in all, 0 itself",
                "  wait: 8 in all, 8 itself",
                "  marker run: 1, 8 ms",
                "  marker wait: 1, 8 ms",
            ],
            Describe(shown));
    }

    private static JsonElement Open(Profile profile, string format)
    {
        using ConsumerFile file = Consumer.Write(profile, format);
        return Consumer.RunNode("firefox.mjs", file.Location);
    }

    private static List<string> Hottest(JsonElement tree)
    {
        var names = new List<string>();
        while (tree.TryGetProperty("children", out JsonElement children) && children.GetArrayLength() > 0)
        {
            tree = children.EnumerateArray().MaxBy(child => child.GetProperty("totalSamples").GetDouble());
            names.Add(tree.GetProperty("name").GetString()!);
        }

        return names;
    }

    private static List<string> Describe(JsonElement shown)
    {
        var lines = new List<string>();
        foreach (JsonElement thread in shown.GetProperty("threads").EnumerateArray())
        {
            lines.Add(
                $"{thread.GetProperty("name")} {thread.GetProperty("tid")} of {thread.GetProperty("processName")}"
                + $" ({thread.GetProperty("pid")}), on a processor for {thread.GetProperty("cpuMs")} ms");
            lines.AddRange(thread.GetProperty("functions").EnumerateArray()
                .Select(function => $"  {function.GetProperty("name")}: {function.GetProperty("totalSamples")} in all,"
                    + $" {function.GetProperty("selfSamples")} itself")
                .Order(StringComparer.Ordinal));
            lines.AddRange(thread.GetProperty("markers").EnumerateArray()
                .Select(marker => (marker, count: marker.GetProperty("count").GetInt32()))
                .Select(pair => $"  marker {pair.marker.GetProperty("markerName")}: {pair.count},"
                    + $" {Math.Round(pair.count * pair.marker.GetProperty("durationStats").GetProperty("avg").GetDouble(), 3)} ms")
                .Order(StringComparer.Ordinal));
        }

        return lines;
    }
}
