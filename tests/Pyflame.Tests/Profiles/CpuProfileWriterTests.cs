using System.Text.Json;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Tests.Profiles;

public sealed class CpuProfileWriterTests
{
    private static JsonElement Write(string timestamps, int thread = 0, ExportOptions? options = null)
    {
        using var stream = new MemoryStream();
        CpuProfileWriter.Write(
            TimestampReader.Read(new StringReader(timestamps)), new ProfiledThreadId(thread), stream, options ?? ExportOptions.Default);
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }

    private static long[] Numbers(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(number => number.GetInt64())];

    private static (string Function, string Url, int Line, int Hits, long[] Children)[] Nodes(JsonElement json)
    {
        JsonElement[] nodes = [.. json.GetProperty("nodes").EnumerateArray()];
        Assert.Equal(Enumerable.Range(1, nodes.Length), nodes.Select(node => node.GetProperty("id").GetInt32()));
        return [.. nodes.Select(node => (
            node.GetProperty("callFrame").GetProperty("functionName").GetString()!,
            node.GetProperty("callFrame").GetProperty("url").GetString()!,
            node.GetProperty("callFrame").GetProperty("lineNumber").GetInt32(),
            node.GetProperty("hitCount").GetInt32(),
            Numbers(node, "children")))];
    }

    [Fact]
    public void Samples_are_nodes_of_one_tree_with_the_time_between_them()
    {
        JsonElement json = Write("1479600000000000\na.py:m:9;a.py:f:4;\n1479600000001000\na.py:m:9;\n1479600000002100\na.py:m:9;a.py:f:4;\n");
        Assert.Equivalent(
            new (string, string, int, int, long[])[]
            {
                ("(root)", "", -1, 0, [2, 3]),
                ("(idle)", "", -1, 0, []),
                ("m", "a.py", 8, 1, [4]),
                ("f", "a.py", 3, 2, []),
            },
            Nodes(json));
        Assert.Equal([4, 3, 4, 2], Numbers(json, "samples"));
        Assert.Equal([0, 1000, 1100, 1100], Numbers(json, "timeDeltas"));
        Assert.Equal(1479600000000000, json.GetProperty("startTime").GetInt64());
        Assert.Equal(1479600000003200, json.GetProperty("endTime").GetInt64());
    }

    [Fact]
    public void Idle_samples_are_the_idle_node()
    {
        JsonElement json = Write("1000\n(idle)\n2000\na.py:m:9;\n3000\n(failed)\n");
        Assert.Equal(["(root)", "(idle)", "m", "(failed)"], Nodes(json).Select(node => node.Function));
        Assert.Equal([2, 3, 4, 2], Numbers(json, "samples"));
    }

    [Fact]
    public void Time_without_samples_is_idle()
    {
        JsonElement json = Write("1000\na.py:m:9;\n2000\na.py:m:9;\n3000\na.py:m:9;\n9000\na.py:m:9;\n10000\na.py:m:9;\n");
        Assert.Equal([3, 3, 3, 2, 3, 3, 2], Numbers(json, "samples"));
        Assert.Equal([0, 1000, 1000, 1000, 5000, 1000, 1000], Numbers(json, "timeDeltas"));
    }

    [Fact]
    public void Only_the_thread_asked_for_is_written()
    {
        const string Two = "1000\nw.py:w:2;\n1000\nm.py:m:1;\n2000\nw.py:w:2;\n2000\nm.py:m:1;\n";
        Assert.Equal(["(root)", "(idle)", "m"], Nodes(Write(Two)).Select(node => node.Function));
        Assert.Equal(["(root)", "(idle)", "w"], Nodes(Write(Two, thread: 1)).Select(node => node.Function));
    }

    [Fact]
    public void Nothing_sampled_is_an_empty_profile()
    {
        JsonElement json = Write(string.Empty);
        Assert.Equal(2, Nodes(json).Length);
        Assert.Empty(Numbers(json, "samples"));
        Assert.Equal(0, json.GetProperty("endTime").GetInt64());
    }

    [Fact]
    public void A_stack_deeper_than_ours_is_written()
    {
        string deep = string.Concat(Enumerable.Range(1, 50_000).Select(line => $"a.py:f:{line};"));
        Assert.Equal(50_002, Nodes(Write($"1000\n{deep}\n")).Length);
    }
}
