using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Pyflame.Profiles.Export;

/// <summary>
/// The file format of speedscope (https://www.speedscope.app/file-format-schema.json): one sampled profile a thread, in time
/// order and in nanoseconds. Time during which a thread was not watched is a sample without frames.
/// </summary>
public sealed class SpeedscopeWriter : IProfileWriter
{
    /// <inheritdoc/>
    public string Name => "speedscope";

    /// <inheritdoc/>
    public string Description => "for https://www.speedscope.app: a timeline and flame graph of each thread";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".speedscope.json", ".speedscope"];

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
        var frames = new ShownFrames(profile, options);
        var lists = new FrameLists(frames);
        using var output = new JsonStream(destination);
        Utf8JsonWriter json = output.Json;
        json.WriteStartObject();
        json.WriteString("$schema"u8, "https://www.speedscope.app/file-format-schema.json"u8);
        json.WriteString("name"u8, options.Title ?? ProfileTitle.Of(profile));
        json.WriteString("exporter"u8, $"pyflame@{profile.Circumstances.PyflameVersion}");
        json.WriteNumber("activeProfileIndex"u8, MostActive(timelines));

        json.WriteStartArray("profiles"u8);
        foreach (ThreadTimeline timeline in timelines)
        {
            WriteThread(output, profile, timeline, frames, lists, options);
        }

        json.WriteEndArray();

        // Behind the profiles, since these say which frames are shown.
        json.WriteStartObject("shared"u8);
        json.WriteStartArray("frames"u8);
        for (int index = 0; index < frames.Count; index++)
        {
            ShownFrame frame = frames[index];
            json.WriteStartObject();
            json.WriteString("name"u8, frame.Name);
            if (frame.FileName.Length > 0)
            {
                json.WriteString("file"u8, frame.FileName);
            }

            if (frame.LineNumber > 0)
            {
                json.WriteNumber("line"u8, frame.LineNumber);
            }

            json.WriteEndObject();
            output.FlushIfLong();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteThread(
        JsonStream output, Profile profile, ThreadTimeline timeline, ShownFrames frames, FrameLists lists, ExportOptions options)
    {
        Utf8JsonWriter json = output.Json;
        List<StackSlice> slices = [.. StackSlice.Of(
            timeline, stack => frames.Show(timeline.Thread.Id, stack))];

        json.WriteStartObject();
        json.WriteString("type"u8, "sampled"u8);
        json.WriteString("name"u8, profile.Processes.Count > 1 || options.ProcessFrames
            ? $"{timeline.Thread.Label} in {profile.Processes[timeline.Thread.ProcessIndex].Label}"
            : timeline.Thread.Label);
        json.WriteString("unit"u8, "nanoseconds"u8);
        json.WriteNumber("startValue"u8, timeline.Time(0));
        json.WriteNumber("endValue"u8, timeline.End(timeline.Count - 1));

        json.WriteStartArray("samples"u8);
        output.BeginText();
        for (int index = 0; index < slices.Count; index++)
        {
            output.Append(index == 0 ? default : ","u8);
            output.Append(lists.Of(slices[index].Stack));
        }

        json.WriteEndArray();
        output.WriteNumbers("weights", slices.Count, index => slices[index].End - slices[index].Start);
        json.WriteEndObject();
    }

    // Which thread speedscope shows first: the one that was on a processor the most.
    private static int MostActive(IReadOnlyList<ThreadTimeline> timelines)
    {
        int best = 0;
        long most = -1;
        for (int index = 0; index < timelines.Count; index++)
        {
            long active = 0;
            for (int sample = 0; sample < timelines[index].Count; sample++)
            {
                active += (timelines[index].State(sample) & SampleState.OnCpu) != 0 ? timelines[index].Weight(sample) : 0;
            }

            if (active > most)
            {
                most = active;
                best = index;
            }
        }

        return best;
    }

    // Each sample has the whole of its stack.
    private sealed class FrameLists(ShownFrames frames)
    {
        private readonly StackTexts _known = new();
        private readonly List<int> _path = [];
        private readonly ArrayBufferWriter<byte> _text = new();

        public byte[] Of(StackId shown)
        {
            if (_known.Find(shown) is { } known)
            {
                return known;
            }

            frames.CopyPath(shown, _path);
            _text.ResetWrittenCount();
            _text.Write("["u8);
            for (int index = 0; index < _path.Count; index++)
            {
                Span<byte> span = _text.GetSpan(16);
                span[0] = (byte)',';
                int comma = index == 0 ? 0 : 1;
                Utf8Formatter.TryFormat(_path[index], span[comma..], out int length);
                _text.Advance(comma + length);
            }

            _text.Write("]"u8);
            byte[] text = _text.WrittenSpan.ToArray();
            _known.Keep(shown, text);
            return text;
        }
    }
}
