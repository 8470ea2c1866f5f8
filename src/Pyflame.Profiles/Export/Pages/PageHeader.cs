using System.Text.Json;

namespace Pyflame.Profiles.Export.Pages;

/// <summary>Writes the part of a page's payload that is JSON: everything but the long arrays of numbers.</summary>
internal sealed class PageHeader
{
    private readonly Profile _profile;
    private readonly ExportOptions _options;
    private readonly ProfileSummary _summary;
    private readonly PageFrames _frames;

    /// <summary>Takes what is to be described.</summary>
    public PageHeader(Profile profile, ExportOptions options, ProfileSummary summary, PageFrames frames)
    {
        _profile = profile;
        _options = options;
        _summary = summary;
        _frames = frames;
    }

    /// <summary>Writes the header.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="weights">The weight of each stack of each thread, which tells what files matter most.</param>
    /// <param name="stacks">The stacks; their frames are those of the page.</param>
    public void Write(Utf8JsonWriter json, IReadOnlyList<(int Stack, int Thread, long Weight)> weights, StackTable stacks)
    {
        json.WriteStartObject();
        json.WriteString("title", PageText.Visible(_summary.Title));
        json.WriteStartArray("facts");
        foreach ((string name, string value) in _summary.Facts)
        {
            json.WriteStartArray();
            json.WriteStringValue(name);
            json.WriteStringValue(PageText.Visible(value));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        WriteTexts(json, "highlights", _summary.Highlights);
        WriteTexts(json, "warnings", _summary.Warnings);
        json.WriteNumber("intervalNanoseconds", _profile.Circumstances.IntervalNanoseconds);

        json.WriteStartObject("start");
        json.WriteBoolean("icicle", _options.Icicle);
        json.WriteBoolean("qualifiedNames", _options.QualifiedNames);
        json.WriteBoolean("byThread", _options.ThreadFrames);
        json.WriteBoolean("byProcess", _options.ProcessFrames);
        json.WriteEndObject();

        json.WriteStartObject("palette");
        WriteTexts(json, "light", PagePalette.Light);
        WriteTexts(json, "dark", PagePalette.Dark);
        json.WriteString("lightText", PagePalette.LightText);
        json.WriteString("darkText", PagePalette.DarkText);
        json.WriteNumber("structure", PagePalette.Structure);
        json.WriteEndObject();

        WriteTexts(json, "processes", _profile.Processes.Select(process => process.Label));
        json.WriteStartArray("threads");
        foreach (ProfiledThread thread in _profile.Threads)
        {
            json.WriteStartArray();
            json.WriteStringValue(PageText.Visible(thread.Label));
            json.WriteNumberValue(thread.ProcessIndex);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        WriteFiles(json);
        WriteFunctions(json);
        WriteSources(json, weights, stacks);
        json.WriteEndObject();
    }

    private void WriteFiles(Utf8JsonWriter json)
    {
        List<string> files = [.. Enumerable.Range(0, _frames.FileCount).Select(_frames.File)];
        var labels = new FileLabels(files);
        json.WriteStartArray("files");
        foreach (string file in files)
        {
            json.WriteStartArray();
            json.WriteStringValue(PageText.Visible(file));
            json.WriteStringValue(PageText.Visible(labels.Label(file)));
            json.WriteNumberValue(PagePalette.IndexOf(FrameKind.Python, FileLabels.Group(file), file));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private void WriteFunctions(Utf8JsonWriter json)
    {
        json.WriteStartArray("functions");
        for (int index = 0; index < _frames.FunctionCount; index++)
        {
            PageFunction function = _frames.Function(index);
            string name = PageText.Visible(function.Name.Length == 0 ? "(unnamed)" : function.Name);
            json.WriteStringValue(name);
            json.WriteStringValue(
                function.QualifiedName == function.Name ? string.Empty : PageText.Visible(function.QualifiedName));
            json.WriteNumberValue(function.File);
            json.WriteNumberValue(function.FirstLineNumber);
            json.WriteNumberValue((int)function.Kind);
            json.WriteNumberValue(
                PagePalette.IndexOf(function.Kind, FileLabels.Group(_frames.File(function.File)), function.Name));
        }

        json.WriteEndArray();
    }

    // The files with most own time first, so that the bounds on sources leave out what matters least.
    private void WriteSources(
        Utf8JsonWriter json, IReadOnlyList<(int Stack, int Thread, long Weight)> weights, StackTable stacks)
    {
        json.WriteStartArray("sources");
        if (_options.OpenSource is { } open)
        {
            var own = new long[_frames.FileCount];
            foreach ((int stack, _, long weight) in weights)
            {
                int frame = stacks.Frame(new StackId(stack)).Value;
                if (frame >= 0)
                {
                    own[_frames.Function(_frames.Frame(frame).Function).File] += weight;
                }
            }

            ILookup<int, PageFrame> framesByFile = Enumerable.Range(0, _frames.FrameCount)
                .Select(_frames.Frame)
                .Where(frame => _frames.Function(frame.Function).Kind == FrameKind.Python && frame.LineNumber > 0)
                .ToLookup(frame => _frames.Function(frame.Function).File);
            var collector = new SourceCollector(open);
            foreach (IGrouping<int, PageFrame> file in framesByFile.OrderByDescending(file => own[file.Key]))
            {
                SourceExcerpt? source = collector.TryRead(
                    _frames.File(file.Key),
                    file.Select(frame => frame.LineNumber),
                    file.Select(frame => _frames.Function(frame.Function)).Distinct()
                        .Select(function => (function.Name, function.FirstLineNumber)));
                if (source is not null)
                {
                    WriteSource(json, file.Key, source);
                }
            }
        }

        json.WriteEndArray();
    }

    private static void WriteSource(Utf8JsonWriter json, int file, SourceExcerpt source)
    {
        json.WriteStartObject();
        json.WriteNumber("file", file);
        json.WriteNumber("lineCount", source.LineCount);
        json.WriteBoolean("changed", source.Changed);
        json.WriteStartArray("blocks");
        foreach ((int firstLine, IReadOnlyList<string> lines) in source.Blocks)
        {
            json.WriteStartArray();
            json.WriteNumberValue(firstLine);
            json.WriteStringValue(string.Join('\n', lines));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(PageText.Visible(text));
        }

        json.WriteEndArray();
    }
}
