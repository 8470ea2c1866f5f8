using System.Text.Json;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Tests.Profiles.Export;

/// <summary>The slices of Chrome's trace events where there are too many.</summary>
public sealed class TraceSlicesTests
{
    [Fact]
    public void Past_a_million_the_shortest_are_left_out_and_every_sample_stays()
    {
        // Two towers of 20 frames in turn, each for a millisecond, on a frame that lasts; now and then one for three.
        const int Turns = 60_000;
        Profile profile = SampleProfiles.Empty();
        profile.Processes.Add(new ProfiledProcess(4711, "python3 app.py", "3.13.1"));
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 4711, "MainThread", true));
        StackId root = SampleProfiles.Stack(profile, ("/a.py", "main", 1, 2));
        StackId[] towers = [Tower(profile, root, "odd"), Tower(profile, root, "even")];
        profile.Samples = new SampleLog();
        long time = 0;
        int samples = 0;
        for (int turn = 0; turn < Turns; turn++)
        {
            for (int repeat = 0; repeat < (turn % 100 == 0 ? 3 : 1); repeat++)
            {
                SampleProfiles.Add(profile, time, 0, towers[turn % 2]);
                time += SampleProfiles.Millisecond;
                samples++;
            }
        }

        using var stream = new MemoryStream();
        new ChromeTraceWriter().Write(profile, stream, ExportOptions.Default);
        using JsonDocument trace = JsonDocument.Parse(stream.ToArray());

        JsonElement[] events = [.. trace.RootElement.GetProperty("traceEvents").EnumerateArray()];
        JsonElement[] slices = [.. events.Where(entry => entry.GetProperty("ph").GetString() == "X")];
        Assert.Equal(1 + (Turns / 100 * 20), slices.Length);
        Assert.Equal("main", slices[0].GetProperty("name").GetString());
        Assert.Equal(samples * 1000L, slices[0].GetProperty("dur").GetInt64());
        Assert.All(slices.Skip(1), slice => Assert.Equal(3000, slice.GetProperty("dur").GetInt64()));
        Assert.StartsWith(
            "slices shorter than ", trace.RootElement.GetProperty("otherData").GetProperty("left-out").GetString(), StringComparison.Ordinal);

        // The last one marks the end.
        Assert.Equal(samples + 1, events.Where(entry => entry.GetProperty("name").GetString() == "ProfileChunk").Sum(entry =>
            entry.GetProperty("args").GetProperty("data").GetProperty("cpuProfile").GetProperty("samples").GetArrayLength()));
    }

    [Fact]
    public void None_is_left_out_of_an_ordinary_recording()
    {
        using var stream = new MemoryStream();
        new ChromeTraceWriter().Write(SampleProfiles.TwoThreads(), stream, ExportOptions.Default);
        using JsonDocument trace = JsonDocument.Parse(stream.ToArray());

        Assert.False(trace.RootElement.GetProperty("otherData").TryGetProperty("left-out", out _));

        // In the order in which they begin, callers first; leaf was on two lines.
        Assert.Equal(
            ["<module>", "work", "leaf", "leaf", "run", "wait"],
            trace.RootElement.GetProperty("traceEvents").EnumerateArray()
                .Where(entry => entry.GetProperty("ph").GetString() == "X")
                .Select(entry => entry.GetProperty("name").GetString()));
    }

    private static StackId Tower(Profile profile, StackId stack, string name)
    {
        for (int level = 0; level < 20; level++)
        {
            stack = SampleProfiles.Push(profile, stack, "/a.py", $"{name}_{level}", 10 + level, 10 + level);
        }

        return stack;
    }
}
