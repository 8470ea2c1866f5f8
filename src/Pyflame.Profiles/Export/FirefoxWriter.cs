using System.Text.Json;

namespace Pyflame.Profiles.Export;

/// <summary>
/// The Firefox Profiler's processed profile format, version 49 of
/// https://github.com/firefox-devtools/profiler/blob/main/docs-developer/CHANGELOG-formats.md, which profiler.firefox.com
/// upgrades to its own: a thread each with its samples in time order, a category for what the thread was doing, and markers for
/// the times in which it waited for the GIL, was idle or collected garbage.
/// </summary>
public sealed class FirefoxWriter : IProfileWriter
{
    private const int FormatVersion = 49;

    /// <inheritdoc/>
    public string Name => "firefox";

    /// <inheritdoc/>
    public string Description => "for https://profiler.firefox.com: threads, categories, markers for the GIL and idle times";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".firefox.json", ".gecko.json"];

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
        WriteMeta(json, profile, options);
        json.WriteStartArray("libs"u8);
        json.WriteEndArray();
        json.WriteStartArray("pages"u8);
        json.WriteEndArray();
        json.WriteStartArray("threads"u8);
        var frames = new ShownFrames(profile, options);
        foreach (ThreadTimeline timeline in timelines)
        {
            new FirefoxThread(profile, timeline, frames).Write(output);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMeta(Utf8JsonWriter json, Profile profile, ExportOptions options)
    {
        Circumstances circumstances = profile.Circumstances;
        json.WriteStartObject("meta"u8);
        json.WriteNumber("version"u8, 24);
        json.WriteNumber("preprocessedProfileVersion"u8, FormatVersion);
        json.WriteNumber("interval"u8, circumstances.IntervalNanoseconds / 1e6);
        json.WriteNumber("startTime"u8, TimeOrder.MicrosecondsSinceEpoch(circumstances.StartUtc) / 1e3);
        json.WriteString("product"u8, options.Title ?? ProfileTitle.Of(profile));
        json.WriteString("importedFrom"u8, $"pyflame {circumstances.PyflameVersion}");
        json.WriteString("oscpu"u8, circumstances.Kernel);
        json.WriteString("platform"u8, circumstances.Architecture);
        json.WriteNumber("logicalCPUs"u8, circumstances.ProcessorCount);
        json.WriteNumber("processType"u8, 0);
        json.WriteNumber("stackwalk"u8, 1);
        json.WriteBoolean("debug"u8, false);
        json.WriteBoolean("symbolicated"u8, true);
        json.WriteBoolean("sourceCodeIsNotOnSearchfox"u8, true);
        json.WriteBoolean("doesNotUseFrameImplementation"u8, true);
        json.WriteBoolean("usesOnlyOneStackType"u8, true);
        json.WriteStartObject("sampleUnits"u8);
        json.WriteString("time"u8, "ms"u8);
        json.WriteString("eventDelay"u8, "ms"u8);
        json.WriteString("threadCPUDelta"u8, "µs"u8);
        json.WriteEndObject();
        json.WriteStartObject("extensions"u8);
        foreach (string column in (ReadOnlySpan<string>)["baseURL", "id", "name"])
        {
            json.WriteStartArray(column);
            json.WriteEndArray();
        }

        json.WriteNumber("length"u8, 0);
        json.WriteEndObject();

        json.WriteStartArray("categories"u8);
        foreach ((string name, string color) in FirefoxCategory.All)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteString("color"u8, color);
            json.WriteStartArray("subcategories"u8);
            json.WriteStringValue("Other"u8);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("markerSchema"u8);
        foreach ((string name, string description, _) in FirefoxMarker.All)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteStartArray("display"u8);
            json.WriteStringValue("marker-chart"u8);
            json.WriteStringValue("marker-table"u8);
            json.WriteStringValue("timeline-overview"u8);
            json.WriteEndArray();
            json.WriteStartArray("data"u8);
            json.WriteStartObject();
            json.WriteString("label"u8, "Description"u8);
            json.WriteString("value"u8, description);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
