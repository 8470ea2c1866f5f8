using System.Text;
using System.Text.Json;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Tests.Profiles;

public sealed class JsonLinesWriterTests
{
    [Fact]
    public void Every_line_is_an_object_and_comes_behind_what_it_refers_to()
    {
        string[] lines = Write(SampleProfiles.TwoThreads());

        Assert.Equal(
            """{"type":"profile","version":1,"start":"2026-03-01T12:00:00Z","mode":"wall","rate":1000,"interval_ns":1000000,"host":"testhost","pyflame":"2.0.0","kernel":"Linux 6.1","architecture":"x86_64","processors":2,"container":null}""",
            lines[0]);
        Assert.Equal(
            """{"type":"process","pid":4711,"parent_pid":0,"namespace_pid":0,"command":"python3 /a/app.py","executable":"","python":"3.13.1"}""", lines[1]);
        Assert.Equal("""{"type":"thread","id":0,"pid":4711,"os_id":4711,"name":"MainThread","main":true}""", lines[2]);
        Assert.Equal(
            """{"type":"frame","id":0,"kind":"python","function":"<module>","file":"/a/app.py","first_line":1,"line":32}""", lines[3]);
        Assert.Equal("""{"type":"stack","id":1,"parent":0,"frame":0}""", lines[6]);
        Assert.Equal("""{"type":"stack","id":3,"parent":2,"frame":2}""", lines[8]);
        Assert.Equal("""{"type":"sample","time_ns":0,"thread":0,"stack":3,"state":["on-cpu","holds-gil"],"weight":1}""", lines[9]);
        Assert.StartsWith("""{"type":"statistics","samples":18,"proven":18,""", lines[^1], StringComparison.Ordinal);

        var known = new HashSet<string>();
        foreach (string line in lines)
        {
            JsonElement json = JsonDocument.Parse(line).RootElement;
            string type = json.GetProperty("type").GetString()!;
            foreach (string reference in (string[])["thread", "stack", "frame", "parent"])
            {
                if (json.TryGetProperty(reference, out JsonElement id) && id.GetInt32() > 0)
                {
                    Assert.Contains($"{(reference == "parent" ? "stack" : reference)} {id}", known);
                }
            }

            known.Add(json.TryGetProperty("id", out JsonElement own) ? $"{type} {own}" : type);
        }

        Assert.Equal(18, lines.Count(line => line.StartsWith("{\"type\":\"sample\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Counts_stand_in_for_samples_that_were_not_kept()
    {
        Profile profile = SampleProfiles.TwoThreads();
        profile.Samples = null;

        Assert.Equal(
            [
                """{"type":"count","thread":0,"stack":3,"weight":5}""",
                """{"type":"count","thread":1,"stack":5,"weight":8}""",
                """{"type":"count","thread":0,"stack":6,"weight":2}""",
                """{"type":"count","thread":0,"stack":2,"weight":3}""",
            ],
            Write(profile).Where(line => line.StartsWith("{\"type\":\"count\"", StringComparison.Ordinal)));
    }

    private static string[] Write(Profile profile)
    {
        using var stream = new MemoryStream();
        new JsonLinesWriter().Write(profile, stream, ExportOptions.Default);
        string text = Encoding.UTF8.GetString(stream.ToArray());
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text[..^1].Split('\n');
    }
}
