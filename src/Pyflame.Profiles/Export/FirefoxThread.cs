using System.Globalization;
using System.Text.Json;

namespace Pyflame.Profiles.Export;

/// <summary>One thread of the Firefox Profiler's processed profile format, with the tables that its samples refer to.</summary>
internal sealed class FirefoxThread
{
    // What of a state decides the category.
    private const SampleState CategoryStates = SampleState.CollectingGarbage | SampleState.WaitsForGil | SampleState.Idle;

    private readonly Profile _profile;
    private readonly ThreadTimeline _timeline;
    private readonly ShownFrames _frames;
    private readonly StringTable _strings = new();
    private readonly InternTable<FunctionRow> _functions = new();
    private readonly InternTable<FrameRow> _frameRows = new();
    private readonly InternTable<StackRow> _stackRows = new();
    private readonly int[] _sampleStacks;

    // The row of a shown frame, plus one.
    private readonly SparseNumbers _rowOfFrame = new();

    // The row, plus one, of a shown stack as a caller, whose category is that of its own frame.
    private readonly SparseNumbers _rowOfStack = new();
    private readonly Stack<StackId> _missing = new();

    /// <summary>Works out the tables.</summary>
    /// <param name="profile">Whose thread it is.</param>
    /// <param name="timeline">Its samples.</param>
    /// <param name="frames">How frames are shown; threads may share them.</param>
    public FirefoxThread(Profile profile, ThreadTimeline timeline, ShownFrames frames)
    {
        _profile = profile;
        _timeline = timeline;
        _frames = frames;
        _sampleStacks = new int[timeline.Count];
        var places = new InternTable<Place>();
        var rowOfPlace = new List<int>();
        Place last = default;
        for (int index = 0; index < timeline.Count; index++)
        {
            // Threads stay where they are more often than not.
            var current = new Place(timeline.Stack(index).Value, CategoryStates & timeline.State(index));
            if (index > 0 && current == last)
            {
                _sampleStacks[index] = _sampleStacks[index - 1];
                continue;
            }

            last = current;
            int place = places.Intern(current);
            if (place == rowOfPlace.Count)
            {
                rowOfPlace.Add(RowOfSample(_frames.Show(timeline.Thread.Id, timeline.Stack(index)), timeline.State(index)));
            }

            _sampleStacks[index] = rowOfPlace[place];
        }
    }

    private long Interval => _profile.Circumstances.IntervalNanoseconds;

    /// <summary>Writes the thread as one object.</summary>
    public void Write(JsonStream output)
    {
        Utf8JsonWriter json = output.Json;
        ProfiledThread thread = _timeline.Thread;
        ProfiledProcess process = _profile.Processes[thread.ProcessIndex];
        json.WriteStartObject();
        json.WriteString("name"u8, thread.DisplayName);
        json.WriteBoolean("isMainThread"u8, thread.IsMain);
        json.WriteString("processType"u8, "default"u8);
        json.WriteString("processName"u8, process.CommandLine.Length > 0 ? process.CommandLine : process.Label);
        json.WriteString("pid"u8, process.ProcessId.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("tid"u8, thread.OsThreadId > 0 ? thread.OsThreadId : thread.Id.Value + 1);
        json.WriteNumber("processStartupTime"u8, 0);
        json.WriteNull("processShutdownTime"u8);
        json.WriteNumber("registerTime"u8, Milliseconds(_timeline.Time(0)));
        json.WriteNull("unregisterTime"u8);
        json.WriteStartArray("pausedRanges"u8);
        json.WriteEndArray();
        WriteSamples(output);
        WriteMarkers(output);
        WriteStacks(output);
        WriteFrames(output);
        WriteFunctions(output);
        WriteEmptyTable(json, "resourceTable", ["lib", "name", "host", "type"]);
        WriteEmptyTable(json, "nativeSymbols", ["libIndex", "address", "name", "functionSize"]);

        // Behind the tables, which fill it.
        json.WriteStartArray("stringArray"u8);
        for (int index = 0; index < _strings.Count; index++)
        {
            json.WriteStringValue(_strings[new StringId(index)]);
            output.FlushIfLong();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static double Milliseconds(long nanoseconds) => nanoseconds / 1000 / 1000.0;

    private static void WriteEmptyTable(Utf8JsonWriter json, string name, ReadOnlySpan<string> columns)
    {
        json.WriteStartObject(name);
        json.WriteNumber("length"u8, 0);
        foreach (string column in columns)
        {
            json.WriteStartArray(column);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteColumn(JsonStream output, string name, int count, Action<Utf8JsonWriter, int> write)
    {
        output.Json.WriteStartArray(name);
        for (int index = 0; index < count; index++)
        {
            write(output.Json, index);
            output.FlushIfLong();
        }

        output.Json.WriteEndArray();
    }

    private void WriteSamples(JsonStream output)
    {
        Utf8JsonWriter json = output.Json;
        int count = _timeline.Count;
        json.WriteStartObject("samples"u8);
        json.WriteNumber("length"u8, count);
        json.WriteString("weightType"u8, "tracing-ms"u8);
        output.WriteNumbers("stack", count, index => _sampleStacks[index]);
        output.WriteMilliseconds("time", count, _timeline.Time);
        output.WriteMilliseconds("weight", count, index => _timeline.Weight(index) * Interval);
        output.WriteNumbers("threadCPUDelta", count, index =>
            (_timeline.State(index) & SampleState.OnCpu) != 0 ? _timeline.Weight(index) * Interval / 1000 : 0);
        json.WriteEndObject();
    }

    private void WriteMarkers(JsonStream output)
    {
        var markers = new List<(int Kind, long Start, long End)>();
        for (int kind = 0; kind < FirefoxMarker.All.Count; kind++)
        {
            AddMarkers(markers, kind);
        }

        markers.Sort((a, b) => a.Start.CompareTo(b.Start));
        Utf8JsonWriter json = output.Json;
        json.WriteStartObject("markers"u8);
        json.WriteNumber("length"u8, markers.Count);
        int[] names = [.. FirefoxMarker.All.Select(marker => _strings.Intern(marker.Name).Value)];
        output.WriteNumbers("name", markers.Count, index => names[markers[index].Kind]);
        output.WriteMilliseconds("startTime", markers.Count, index => markers[index].Start);
        output.WriteMilliseconds("endTime", markers.Count, index => markers[index].End);
        output.WriteNumbers("phase", markers.Count, _ => 1);
        output.WriteNumbers("category", markers.Count, index =>
            FirefoxCategory.Of(FirefoxMarker.All[markers[index].Kind].State, FrameKind.Marker));
        WriteColumn(output, "data", markers.Count, (writer, index) =>
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, FirefoxMarker.All[markers[index].Kind].Name);
            writer.WriteEndObject();
        });
        json.WriteEndObject();
    }

    // A marker for each run of samples that have the state.
    private void AddMarkers(List<(int Kind, long Start, long End)> markers, int kind)
    {
        long start = -1;
        SampleState state = FirefoxMarker.All[kind].State;
        for (int index = 0; index < _timeline.Count; index++)
        {
            if ((_timeline.State(index) & state) == 0)
            {
                continue;
            }

            start = start < 0 ? _timeline.Time(index) : start;
            long end = _timeline.End(index);
            bool goesOn = index + 1 < _timeline.Count && end >= _timeline.Time(index + 1)
                && (_timeline.State(index + 1) & state) != 0;
            if (!goesOn)
            {
                markers.Add((kind, start, end));
                start = -1;
            }
        }
    }

    private void WriteStacks(JsonStream output)
    {
        Utf8JsonWriter json = output.Json;
        int count = _stackRows.Count;
        json.WriteStartObject("stackTable"u8);
        json.WriteNumber("length"u8, count);
        output.WriteNumbers("prefix", count, index => _stackRows[index].Prefix, negativeIsNull: true);
        output.WriteNumbers("frame", count, index => _stackRows[index].Frame);
        output.WriteNumbers("category", count, index => _stackRows[index].Category);
        output.WriteNumbers("subcategory", count, _ => 0);
        json.WriteEndObject();
    }

    private void WriteFrames(JsonStream output)
    {
        Utf8JsonWriter json = output.Json;
        int count = _frameRows.Count;
        json.WriteStartObject("frameTable"u8);
        json.WriteNumber("length"u8, count);
        output.WriteNumbers("address", count, _ => -1);
        output.WriteNumbers("inlineDepth", count, _ => 0);
        output.WriteNumbers("category", count, index => _frameRows[index].Category);
        output.WriteNumbers("subcategory", count, _ => 0);
        output.WriteNumbers("func", count, index => _frameRows[index].Function);
        WriteNulls(output, "nativeSymbol", count);
        output.WriteNumbers("innerWindowID", count, _ => 0);
        WriteNulls(output, "implementation", count);
        output.WriteNumbers("line", count, index => OrNull(_frameRows[index].Line), negativeIsNull: true);
        WriteNulls(output, "column", count);
        json.WriteEndObject();
    }

    private void WriteFunctions(JsonStream output)
    {
        Utf8JsonWriter json = output.Json;
        int count = _functions.Count;
        json.WriteStartObject("funcTable"u8);
        json.WriteNumber("length"u8, count);
        output.WriteNumbers("name", count, index => _functions[index].Name);
        WriteColumn(output, "isJS", count, (writer, _) => writer.WriteBooleanValue(false));
        WriteColumn(output, "relevantForJS", count, (writer, _) => writer.WriteBooleanValue(false));
        output.WriteNumbers("resource", count, _ => -1);
        output.WriteNumbers("fileName", count, index => OrNull(_functions[index].FileName), negativeIsNull: true);
        output.WriteNumbers("lineNumber", count, index => OrNull(_functions[index].FirstLine), negativeIsNull: true);
        WriteNulls(output, "columnNumber", count);
        json.WriteEndObject();
    }

    // What is 0 where it is not known is null there.
    private static int OrNull(int value) => value == 0 ? -1 : value;

    private static void WriteNulls(JsonStream output, string name, int count) =>
        output.WriteNumbers(name, count, _ => -1, negativeIsNull: true);

    private int RowOfSample(StackId shown, SampleState state)
    {
        ShownFrame leaf = _frames[_frames.Leaf(shown)];
        int prefix = RowOfCaller(_frames.Stacks.Parent(shown));
        return _stackRows.Intern(new StackRow(prefix, RowOfFrame(_frames.Leaf(shown)), FirefoxCategory.Of(state, leaf.Kind)));
    }

    private int RowOfCaller(StackId shown)
    {
        // Down to what is known and up again, without recursion: stacks may be thousands of frames deep.
        int row = -1;
        for (; !shown.IsEmpty; shown = _frames.Stacks.Parent(shown))
        {
            if (_rowOfStack[shown.Value] is > 0 and var known)
            {
                row = known - 1;
                break;
            }

            _missing.Push(shown);
        }

        while (_missing.TryPop(out shown))
        {
            int leaf = _frames.Leaf(shown);
            row = _stackRows.Intern(new StackRow(row, RowOfFrame(leaf), FirefoxCategory.Of(_frames[leaf].Kind)));
            _rowOfStack[shown.Value] = row + 1;
        }

        return row;
    }

    // There are far fewer frames than stacks.
    private int RowOfFrame(int shownFrame)
    {
        if (_rowOfFrame[shownFrame] is > 0 and var known)
        {
            return known - 1;
        }

        ShownFrame frame = _frames[shownFrame];
        int function = _functions.Intern(new FunctionRow(
            _strings.Intern(frame.Name).Value, _strings.Intern(frame.FileName).Value, frame.FirstLineNumber));
        int row = _frameRows.Intern(new FrameRow(function, frame.LineNumber, FirefoxCategory.Of(frame.Kind)));
        _rowOfFrame[shownFrame] = row + 1;
        return row;
    }

    private readonly record struct Place(int Stack, SampleState State);

    private readonly record struct FunctionRow(int Name, int FileName, int FirstLine);

    private readonly record struct FrameRow(int Function, int Line, int Category);

    private readonly record struct StackRow(int Prefix, int Frame, int Category);
}
