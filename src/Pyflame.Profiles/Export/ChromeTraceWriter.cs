using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pyflame.Profiles.Export;

/// <summary>
/// Chrome's trace event format (docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU), which
/// chrome://tracing and ui.perfetto.dev open: the frames of each thread as nested slices in microseconds since 1970, and each thread's samples
/// once more as a V8 CPU profile (<c>ProfileChunk</c>), from which Chrome DevTools and Firefox's profiler draw their call trees.
/// </summary>
public sealed class ChromeTraceWriter : IProfileWriter
{
    private const int SamplesPerChunk = 10_000;

    /// <inheritdoc/>
    public string Name => "chrome-trace";

    /// <inheritdoc/>
    public string Description => "Chrome trace events: a timeline of all threads, for ui.perfetto.dev and chrome://tracing";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".trace.json", ".chrometrace.json"];

    /// <inheritdoc/>
    public bool NeedsTimeOrder => true;

    /// <inheritdoc/>
    public bool GroupsByProcess => true;

    /// <inheritdoc/>
    public void Write(Profile profile, Stream destination, ExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(profile);
        SampleLog samples = TimeOrder.Require(profile, Name);
        IReadOnlyList<ThreadTimeline> timelines = ThreadTimeline.Split(profile, samples);
        using var output = new JsonStream(destination);
        Utf8JsonWriter json = output.Json;
        json.WriteStartObject();
        json.WriteString("displayTimeUnit"u8, "ms"u8);
        json.WriteStartArray("traceEvents"u8);
        WriteNames(json, profile, timelines);

        // Which slices are long enough is known when all have been gone through, and takes as long as writing the CPU profiles.
        var frames = new ShownFrames(profile, options);
        var measured = Task.Run(() => new TraceSlices(timelines, frames));
        ShownFrames functions = CpuProfileTree.Frames(profile, options);
        int firstNode = 1;
        foreach (ThreadTimeline timeline in timelines)
        {
            // Firefox's profiler keeps the nodes of all threads in one table, so no number is used twice.
            firstNode += WriteCpuProfile(output, profile, timeline, functions, options, firstNode);
        }

        TraceSlices slices = measured.GetAwaiter().GetResult();
        for (int index = 0; index < timelines.Count; index++)
        {
            WriteSlices(output, profile, timelines[index], slices.Of(index), frames);
        }

        json.WriteEndArray();
        json.WriteStartObject("otherData"u8);
        json.WriteString("title"u8, options.Title ?? ProfileTitle.Of(profile));
        json.WriteString("recorded-by"u8, $"pyflame {profile.Circumstances.PyflameVersion}");
        json.WriteString("start"u8, profile.Circumstances.StartUtc.UtcDateTime);
        json.WriteString("host"u8, profile.Circumstances.Host);
        if (slices.Shortest > 0)
        {
            json.WriteString(
                "left-out"u8, string.Create(CultureInfo.InvariantCulture, $"slices shorter than {slices.Shortest / 1e6:0.###} ms; the CPU profile has every sample"));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, Profile profile, IReadOnlyList<ThreadTimeline> timelines)
    {
        foreach (int process in timelines.Select(timeline => timeline.Thread.ProcessIndex).Distinct())
        {
            json.WriteStartObject();
            WriteEvent(json, "process_name", "M", profile.Processes[process].ProcessId, 0, 0);
            json.WriteStartObject("args"u8);
            json.WriteString("name"u8, profile.Processes[process].Label);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        foreach (ThreadTimeline timeline in timelines)
        {
            json.WriteStartObject();
            WriteEvent(json, "thread_name", "M", ProcessId(profile, timeline), ThreadId(timeline), 0);
            json.WriteStartObject("args"u8);
            json.WriteString("name"u8, timeline.Thread.DisplayName);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static void WriteSlices(
        JsonStream output, Profile profile, ThreadTimeline timeline, List<TraceSlices.Slice> slices, ShownFrames frames)
    {
        int pid = ProcessId(profile, timeline);
        int tid = ThreadId(timeline);
        long start = TimeOrder.MicrosecondsSinceEpoch(profile.Circumstances.StartUtc);
        (byte[] Name, byte[] Place)?[] texts = new (byte[] Name, byte[] Place)?[frames.Count];

        // Behind other events, so that none is the first.
        output.BeginText();
        foreach (TraceSlices.Slice slice in slices)
        {
            (byte[] name, byte[] place) = texts[slice.Frame] ??= TextsOf(frames[slice.Frame]);
            output.Append(",{\"name\":"u8);
            output.Append(name);
            output.Append(",\"ph\":\"X\",\"pid\":"u8, pid);
            output.Append(",\"tid\":"u8, tid);
            output.Append(",\"ts\":"u8, start + (slice.Start / 1000));
            output.Append(",\"dur\":"u8, (slice.End / 1000) - (slice.Start / 1000));
            output.Append(",\"cat\":\"python\""u8);
            output.Append(place);
            output.Append("}"u8);
        }
    }

    private static (byte[] Name, byte[] Place) TextsOf(ShownFrame frame)
    {
        string line = frame.LineNumber > 0 ? string.Create(CultureInfo.InvariantCulture, $",\"line\":{frame.LineNumber}") : string.Empty;
        return (
            Quote(frame.Name),
            frame.FileName.Length > 0 ? [.. ",\"args\":{\"file\":"u8, .. Quote(frame.FileName), .. Encoding.UTF8.GetBytes(line), (byte)'}'] : []);
    }

    private static byte[] Quote(string text) =>
        [(byte)'"', .. JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"'];

    private static int WriteCpuProfile(
        JsonStream output, Profile profile, ThreadTimeline timeline, ShownFrames functions, ExportOptions options, int firstNode)
    {
        long interval = profile.Circumstances.IntervalNanoseconds;
        var tree = new CpuProfileTree(profile, functions, options, firstNode);
        var nodes = new ChunkedList<int>();
        var times = new ChunkedList<long>();
        long start = TimeOrder.MicrosecondsSinceEpoch(profile.Circumstances.StartUtc);
        for (int index = 0; index < timeline.Count; index++)
        {
            nodes.Add(tree.Add(timeline.Thread.Id, timeline.Stack(index), timeline.Weight(index)));
            times.Add(start + (timeline.Time(index) / 1000));
            long end = timeline.End(index);
            if (index + 1 == timeline.Count || end < timeline.Time(index + 1))
            {
                nodes.Add(tree.AddGap(index + 1 == timeline.Count ? 0 : timeline.Time(index + 1) - end, interval));
                times.Add(start + (end / 1000));
            }
        }

        Utf8JsonWriter json = output.Json;
        int pid = ProcessId(profile, timeline);
        int tid = ThreadId(timeline);
        string id = $"0x{firstNode:x}";
        json.WriteStartObject();
        WriteEvent(json, "Profile", "P", pid, tid, times[0]);
        json.WriteString("id"u8, id);
        json.WriteString("cat"u8, "disabled-by-default-v8.cpu_profiler"u8);
        json.WriteStartObject("args"u8);
        json.WriteStartObject("data"u8);
        json.WriteNumber("startTime"u8, times[0]);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();

        for (int next = 0; next < nodes.Count; next += SamplesPerChunk)
        {
            int first = next;
            int count = Math.Min(SamplesPerChunk, nodes.Count - first);
            json.WriteStartObject();
            WriteEvent(json, "ProfileChunk", "P", pid, tid, times[first]);
            json.WriteString("id"u8, id);
            json.WriteString("cat"u8, "disabled-by-default-v8.cpu_profiler"u8);
            json.WriteStartObject("args"u8);
            json.WriteStartObject("data"u8);
            json.WriteStartObject("cpuProfile"u8);
            if (first == 0)
            {
                tree.Write(output, withParents: true);
            }

            output.WriteNumbers("samples", count, index => nodes[first + index]);
            json.WriteEndObject();
            output.WriteNumbers("timeDeltas", count, index => first + index == 0 ? 0 : times[first + index] - times[first + index - 1]);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            output.FlushIfLong();
        }

        return tree.Count;
    }

    // The beginning of every event; the caller ends the object.
    private static void WriteEvent(Utf8JsonWriter json, string name, string phase, int pid, int tid, long microseconds)
    {
        json.WriteString("name"u8, name);
        json.WriteString("ph"u8, phase);
        json.WriteNumber("pid"u8, pid);
        json.WriteNumber("tid"u8, tid);
        json.WriteNumber("ts"u8, microseconds);
    }

    private static int ProcessId(Profile profile, ThreadTimeline timeline) =>
        profile.Processes[timeline.Thread.ProcessIndex].ProcessId;

    // Where the kernel's id is not known, the number of the thread tells it apart.
    private static int ThreadId(ThreadTimeline timeline) =>
        timeline.Thread.OsThreadId > 0 ? timeline.Thread.OsThreadId : timeline.Thread.Id.Value + 1;
}
