using System.Globalization;
using System.Text.Json;
using Pyflame.Profiles;

namespace Pyflame.EndToEndTests.Consumers;

/// <summary>A real run: each consumer must find the hottest function and line, the threads and the totals that the profile has.</summary>
public sealed class RecordedRunTests(RecordedRun run) : IClassFixture<RecordedRun>
{
    private double MainMilliseconds => run.MainWeight * run.Profile.Circumstances.IntervalNanoseconds / 1e6;

    [Fact]
    public void The_run_is_what_its_script_says()
    {
        (CallSite function, long ownFunction) = run.HottestFunction;
        (CallSite line, _) = run.HottestLine;

        Assert.Equal(("spin", 12, 14), (function.Name, function.FirstLineNumber, line.LineNumber));
        Assert.EndsWith("/hot_and_waiting.py", function.FileName, StringComparison.Ordinal);
        Assert.InRange(ownFunction, run.MainWeight * 0.8, run.MainWeight);
        Assert.Equal(["MainThread", "waiter"], run.Profile.Threads.Select(thread => thread.DisplayName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Speedscope_agrees()
    {
        JsonElement profiles = Consumer.RunNode("speedscope.mjs", Write("speedscope")).GetProperty("profiles");

        Assert.Equal([run.MainThread.Label, run.Waiter.Label], profiles.EnumerateArray().Select(profile => profile.GetProperty("name").GetString()));
        JsonElement hottest = profiles[0].GetProperty("functions")[0];
        Assert.Equal(run.HottestFunction.Site.Name, hottest.GetProperty("name").GetString());
        Assert.Equal(run.HottestFunction.Site.FileName, hottest.GetProperty("file").GetString());
        double length = profiles[0].GetProperty("length").GetInt64() / 1e6;
        Assert.InRange(length, MainMilliseconds * 0.9, MainMilliseconds * 1.1);
    }

    [Fact]
    public void Firefox_agrees()
    {
        JsonElement threads = Consumer.RunNode("firefox.mjs", Write("firefox")).GetProperty("threads");

        JsonElement main = threads.EnumerateArray().Single(thread => thread.GetProperty("tid").GetInt32() == run.MainThread.OsThreadId);
        JsonElement waiter = threads.EnumerateArray().Single(thread => thread.GetProperty("name").GetString() == "waiter");
        Assert.Equal(MainMilliseconds, main.GetProperty("tree").GetProperty("totalSamples").GetDouble(), 0.001);
        JsonElement hottest = main.GetProperty("functions").EnumerateArray().MaxBy(function => function.GetProperty("selfSamples").GetDouble());
        Assert.Equal(run.HottestFunction.Site.Name, hottest.GetProperty("name").GetString());
        Assert.Equal(
            run.HottestFunction.Own * run.Profile.Circumstances.IntervalNanoseconds / 1e6,
            hottest.GetProperty("selfSamples").GetDouble(),
            0.001);
        Assert.Contains("Idle", waiter.GetProperty("markers").EnumerateArray().Select(marker => marker.GetProperty("markerName").GetString()));
    }

    [Fact]
    public void Firefox_agrees_on_the_chrome_trace()
    {
        JsonElement threads = Consumer.RunNode("firefox.mjs", Write("chrome-trace")).GetProperty("threads");

        JsonElement main = threads.EnumerateArray().Single(thread => thread.GetProperty("name").GetString() == run.MainThread.DisplayName);
        Assert.Contains("waiter", threads.EnumerateArray().Select(thread => thread.GetProperty("name").GetString()));
        JsonElement hottest = main.GetProperty("functions").EnumerateArray().MaxBy(function => function.GetProperty("selfSamples").GetDouble());
        Assert.Equal(run.HottestFunction.Site.Name, hottest.GetProperty("name").GetString());
    }

    [Fact]
    public void DevTools_agrees()
    {
        using ConsumerFile file = Consumer.Write(run.MainOnly, "cpuprofile");
        JsonElement shown = Consumer.RunNode("devtools.mjs", file.Location);

        JsonElement hottest = shown.GetProperty("nodes").EnumerateArray().MaxBy(node => node.GetProperty("self").GetDouble());
        Assert.Equal(run.HottestFunction.Site.Name, hottest.GetProperty("name").GetString());
        Assert.Equal(run.HottestFunction.Site.FirstLineNumber - 1, hottest.GetProperty("line").GetInt32());
        JsonElement line = hottest.GetProperty("ticks").EnumerateArray().MaxBy(tick => tick.GetProperty("ticks").GetInt64());
        Assert.Equal(run.HottestLine.Site.LineNumber, line.GetProperty("line").GetInt32());
        Assert.InRange(shown.GetProperty("total").GetDouble(), MainMilliseconds * 0.9, MainMilliseconds * 1.1);
    }

    [Fact]
    public void Pprof_agrees()
    {
        string file = Write("pprof");
        string top = Consumer.Run("go", "install golang-go", "tool", "pprof", "-top", "-lines", "-unit=ns", "-tagfocus=thread_id=" + Id(run.MainThread), file);
        string raw = Consumer.Run("go", "install golang-go", "tool", "pprof", "-tags", "-unit=ns", file);

        string hottest = top.Split('\n').SkipWhile(text => !text.TrimStart().StartsWith("flat", StringComparison.Ordinal)).Skip(1).First();
        (CallSite site, long own) = run.HottestLine;
        Assert.EndsWith($" {site.Name} {site.FileName}:{site.LineNumber}", hottest, StringComparison.Ordinal);
        Assert.StartsWith(
            (own * run.Profile.Circumstances.IntervalNanoseconds).ToString(CultureInfo.InvariantCulture) + "ns", hottest.Trim(), StringComparison.Ordinal);
        Assert.Contains(": waiter\n", raw, StringComparison.Ordinal);
    }

    [Fact]
    public void Pstats_agrees()
    {
        const string Script = """
            import pstats, sys
            stats = pstats.Stats(sys.argv[1])
            spin = max((key for key in stats.stats if key[2] != sys.argv[2]), key=lambda key: stats.stats[key][2])
            print("%s %d %s %.6f %.6f" % (spin + (stats.stats[spin][2], stats.total_tt)))
            """;
        using ConsumerFile file = Consumer.Write(run.MainOnly, "pstats");

        (CallSite site, long own) = run.HottestFunction;
        double interval = run.Profile.Circumstances.IntervalNanoseconds / 1e9;
        Assert.Equal(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{site.FileName} {site.FirstLineNumber} {site.Name} {own * interval:F6} {run.MainWeight * interval:F6}\n"),
            Consumer.Run("python3", "install python3", "-c", Script, file.Location, "wait"));
    }

    [Fact]
    public void Callgrind_annotate_agrees()
    {
        using ConsumerFile file = Consumer.Write(run.MainOnly, "callgrind");
        string[] lines = Consumer.Run("callgrind_annotate", "install valgrind", "--show=Samples", file.Location)
            .Split('\n', StringSplitOptions.TrimEntries);

        Assert.Contains($"{run.MainWeight.ToString("N0", CultureInfo.InvariantCulture)} (100.0%)  PROGRAM TOTALS", lines);
        string hottest = lines.SkipWhile(line => !line.EndsWith("file:function", StringComparison.Ordinal)).Skip(2).First();
        (CallSite site, long own) = run.HottestFunction;
        Assert.StartsWith(own.ToString("N0", CultureInfo.InvariantCulture) + " (", hottest, StringComparison.Ordinal);
        Assert.EndsWith($"  {site.FileName}:{site.Name}", hottest, StringComparison.Ordinal);
    }

    [Fact]
    public void Collapsed_stacks_and_json_lines_agree()
    {
        string[] collapsed = File.ReadAllLines(Write("collapsed"));
        JsonElement[] lines = [.. File.ReadLines(Write("json-lines")).Select(line => JsonDocument.Parse(line).RootElement)];

        (CallSite site, long own) = run.HottestLine;
        string leaf = $"{site.FileName}:{site.Name}:{site.LineNumber}";
        Assert.Equal(own, collapsed.Where(line => line.Contains($";{leaf} ", StringComparison.Ordinal)).Sum(Count));
        Assert.Equal(run.TotalWeight, collapsed.Sum(Count));
        Assert.Equal(run.TotalWeight, lines.Where(line => Type(line) == "sample").Sum(line => line.GetProperty("weight").GetInt64()));
        Assert.Equal(run.Profile.Statistics!.Samples, lines.Single(line => Type(line) == "statistics").GetProperty("samples").GetInt64());

        static long Count(string line) => long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        static string Type(JsonElement line) => line.GetProperty("type").GetString()!;
    }

    private static string Id(ProfiledThread thread) => thread.OsThreadId.ToString(CultureInfo.InvariantCulture);

    private string Write(string format) => run.Write(format);
}
