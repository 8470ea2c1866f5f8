using System.IO.Compression;
using Google.Protobuf;
using Pyflame.Profiles.Packing;

namespace Pyflame.Profiles.Export;

/// <summary>
/// pprof's compressed protocol buffer (https://github.com/google/pprof/blob/main/proto/profile.proto): each stack of each thread
/// with its samples and nanoseconds, the lines of its frames, and labels for thread and process.
/// </summary>
public sealed class PprofWriter : IProfileWriter
{
    // Field numbers of profile.proto, message by message.
    private const int ProfileSampleType = 1;
    private const int ProfileSample = 2;
    private const int ProfileLocation = 4;
    private const int ProfileFunction = 5;
    private const int ProfileStringTable = 6;
    private const int ProfileTimeNanos = 9;
    private const int ProfileDurationNanos = 10;
    private const int ProfilePeriodType = 11;
    private const int ProfilePeriod = 12;
    private const int ProfileComment = 13;
    private const int ProfileDefaultSampleType = 14;
    private const int ValueTypeType = 1;
    private const int ValueTypeUnit = 2;
    private const int SampleLocationId = 1;
    private const int SampleValue = 2;
    private const int SampleLabel = 3;
    private const int LabelKey = 1;
    private const int LabelStr = 2;
    private const int LabelNum = 3;
    private const int LocationId = 1;
    private const int LocationLine = 4;
    private const int LineFunctionId = 1;
    private const int LineLine = 2;
    private const int FunctionId = 1;
    private const int FunctionName = 2;
    private const int FunctionFileName = 4;
    private const int FunctionStartLine = 5;

    // A tag, a length, and two numbers.
    private const int MaxValueField = 2 + (2 * VarInt.MaxBytes);

    /// <inheritdoc/>
    public string Name => "pprof";

    /// <inheritdoc/>
    public string Description => "pprof's protocol buffer, for go tool pprof and profile stores";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".pb.gz", ".pprof"];

    /// <inheritdoc/>
    public bool NeedsTimeOrder => false;

    /// <inheritdoc/>
    public void Write(Profile profile, Stream destination, ExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var gzip = new GZipStream(destination, CompressionLevel.Fastest, leaveOpen: true);
        using var output = new CodedOutputStream(gzip, leaveOpen: true);
        var strings = new StringTable();
        var frames = new ShownFrames(profile, options);
        Circumstances circumstances = profile.Circumstances;
        string measured = circumstances.Mode.Length == 0 ? "wall" : circumstances.Mode;

        WriteValueType(output, strings, ProfileSampleType, "samples", "count");
        WriteValueType(output, strings, ProfileSampleType, measured, "nanoseconds");
        WriteValueType(output, strings, ProfilePeriodType, measured, "nanoseconds");
        WriteNumber(output, ProfilePeriod, circumstances.IntervalNanoseconds);
        WriteNumber(output, ProfileDefaultSampleType, strings.Intern(measured).Value);
        WriteNumber(output, ProfileTimeNanos, TimeOrder.MicrosecondsSinceEpoch(circumstances.StartUtc) * 1000);
        WriteNumber(output, ProfileDurationNanos, Duration(profile));
        foreach (string comment in Comments(profile, options))
        {
            WriteNumber(output, ProfileComment, strings.Intern(comment).Value);
        }

        foreach ((string? state, StackCounts counts) in CountByState(profile))
        {
            WriteSamples(output, profile, counts, frames, strings, state);
        }

        WriteLocations(output, frames, strings);
        for (int index = 0; index < strings.Count; index++)
        {
            output.WriteTag(ProfileStringTable, WireFormat.WireType.LengthDelimited);
            output.WriteString(strings[new StringId(index)]);
        }
    }

    // By the names of the states, which threads are said to be in where samples know it.
    private static IEnumerable<(string? State, StackCounts Counts)> CountByState(Profile profile)
    {
        if (profile.Samples is null || profile.Counts is not null)
        {
            return [(null, profile.CountStacks())];
        }

        var names = new Dictionary<SampleState, StackCounts>();
        var counts = new SortedDictionary<string, StackCounts>(StringComparer.Ordinal);
        foreach (Sample sample in profile.Samples)
        {
            if (!names.TryGetValue(sample.State, out StackCounts? named))
            {
                string name = sample.State.Describe();
                if (!counts.TryGetValue(name, out named))
                {
                    counts.Add(name, named = new StackCounts());
                }

                names.Add(sample.State, named);
            }

            named.Add(sample);
        }

        return counts.Select(pair => (pair.Key == SampleState.None.Describe() ? null : pair.Key, pair.Value));
    }

    private static void WriteSamples(
        CodedOutputStream output, Profile profile, StackCounts counts, ShownFrames frames, StringTable strings, string? state)
    {
        long interval = profile.Circumstances.IntervalNanoseconds;
        var weights = new StackCounts();
        for (int index = 0; index < counts.Count; index++)
        {
            StackCount count = counts[index];
            weights.Add(count.Thread, frames.Show(count.Thread, count.Stack), count.Weight);
        }

        // The labels are the same for all samples of a thread, and threads of one kind have their stacks in common.
        ByteString[] labels = [.. profile.Threads.Select(thread => LabelFields(profile, thread, strings, state))];
        var paths = new ByteString?[frames.Stacks.Count];
        var path = new List<int>();
        byte[] body = [];
        for (int index = 0; index < weights.Count; index++)
        {
            StackCount count = weights[index];
            ByteString locations = paths[count.Stack.Value] ??= LocationFields(frames, count.Stack, path, strings);
            ByteString label = labels[count.Thread.Value];
            if (body.Length < locations.Length + MaxValueField + label.Length)
            {
                body = new byte[2 * (locations.Length + MaxValueField + label.Length)];
            }

            locations.Span.CopyTo(body);
            int length = locations.Length;
            length += WriteValueField(body.AsSpan(length), count.Weight, count.Weight * interval);
            label.Span.CopyTo(body.AsSpan(length));
            length += label.Length;
            output.WriteTag(ProfileSample, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(UnsafeByteOperations.UnsafeWrap(body.AsMemory(0, length)));
        }
    }

    // Leaf first, and counted from 1; behind them the labels that values of the stack have made.
    private static ByteString LocationFields(ShownFrames frames, StackId stack, List<int> path, StringTable strings)
    {
        frames.CopyPath(stack, path);
        int[] tags = [.. path.Where(id => frames[id].Kind == FrameKind.Tag)];
        path.RemoveAll(id => frames[id].Kind == FrameKind.Tag);
        path.Reverse();
        return Message(sample =>
        {
            sample.WriteTag(SampleLocationId, WireFormat.WireType.LengthDelimited);
            sample.WriteLength(path.Sum(frame => CodedOutputStream.ComputeInt64Size(frame + 1)));
            foreach (int frame in path)
            {
                sample.WriteInt64(frame + 1);
            }

            foreach (int id in tags)
            {
                string name = frames[id].Name;
                int equals = name.IndexOf('=', StringComparison.Ordinal);
                WriteMessage(sample, SampleLabel, label =>
                {
                    WriteNumber(label, LabelKey, strings.Intern(name[..equals]).Value);
                    WriteNumber(label, LabelStr, strings.Intern(name[(equals + 1)..]).Value);
                });
            }
        });
    }

    // Written by hand, as there is one in every sample.
    private static int WriteValueField(Span<byte> destination, long weight, long nanoseconds)
    {
        Span<byte> values = stackalloc byte[2 * VarInt.MaxBytes];
        int length = VarInt.Write(values, (ulong)weight);
        length += VarInt.Write(values[length..], (ulong)nanoseconds);
        int head = VarInt.Write(destination, WireFormat.MakeTag(SampleValue, WireFormat.WireType.LengthDelimited));
        head += VarInt.Write(destination[head..], (ulong)length);
        values[..length].CopyTo(destination[head..]);
        return head + length;
    }

    private static ByteString LabelFields(Profile profile, ProfiledThread thread, StringTable strings, string? state)
    {
        return Message(sample =>
        {
            if (state is not null)
            {
                WriteMessage(sample, SampleLabel, label => WriteLabel(label, "state", LabelStr, strings.Intern(state).Value));
            }

            WriteMessage(sample, SampleLabel, label => WriteLabel(label, "thread", LabelStr, strings.Intern(thread.DisplayName).Value));
            WriteMessage(sample, SampleLabel, label => WriteLabel(label, "thread_id", LabelNum, thread.OsThreadId));
            WriteMessage(
                sample, SampleLabel, label => WriteLabel(label, "process", LabelStr, strings.Intern(profile.Processes[thread.ProcessIndex].Label).Value));
            WriteMessage(
                sample, SampleLabel, label => WriteLabel(label, "process_id", LabelNum, profile.Processes[thread.ProcessIndex].ProcessId));
        });

        void WriteLabel(CodedOutputStream label, string key, int field, long value)
        {
            WriteNumber(label, LabelKey, strings.Intern(key).Value);
            WriteNumber(label, field, value);
        }
    }

    private static void WriteLocations(CodedOutputStream output, ShownFrames frames, StringTable strings)
    {
        var functions = new InternTable<ShownFrame>();
        for (int index = 0; index < frames.Count; index++)
        {
            ShownFrame frame = frames[index];
            int function = functions.Intern(frame with { LineNumber = 0 });
            WriteMessage(output, ProfileLocation, location =>
            {
                WriteNumber(location, LocationId, index + 1);
                WriteMessage(location, LocationLine, line =>
                {
                    WriteNumber(line, LineFunctionId, function + 1);
                    WriteNumber(line, LineLine, frame.LineNumber);
                });
            });
        }

        for (int index = 0; index < functions.Count; index++)
        {
            ShownFrame function = functions[index];
            WriteMessage(output, ProfileFunction, message =>
            {
                WriteNumber(message, FunctionId, index + 1);

                // Without a system name, which would have pprof demangle the name and leave nothing of <module>.
                WriteNumber(message, FunctionName, strings.Intern(function.Name).Value);
                WriteNumber(message, FunctionFileName, strings.Intern(function.FileName).Value);
                WriteNumber(message, FunctionStartLine, function.FirstLineNumber);
            });
        }
    }

    private static IEnumerable<string> Comments(Profile profile, ExportOptions options)
    {
        yield return options.Title ?? ProfileTitle.Of(profile);
        yield return $"recorded by pyflame {profile.Circumstances.PyflameVersion} on {profile.Circumstances.Host}";
    }

    private static long Duration(Profile profile)
    {
        if (profile.Statistics is { } statistics)
        {
            return statistics.Duration.Ticks * TimeSpan.NanosecondsPerTick;
        }

        long last = 0;
        foreach (Sample sample in profile.Samples ?? [])
        {
            last = Math.Max(last, sample.TimestampNanoseconds + (sample.Weight * profile.Circumstances.IntervalNanoseconds));
        }

        return last;
    }

    private static void WriteValueType(CodedOutputStream output, StringTable strings, int field, string type, string unit) =>
        WriteMessage(output, field, message =>
        {
            WriteNumber(message, ValueTypeType, strings.Intern(type).Value);
            WriteNumber(message, ValueTypeUnit, strings.Intern(unit).Value);
        });

    private static void WriteNumber(CodedOutputStream output, int field, long value)
    {
        // Zero is what a reader takes where a field is missing.
        if (value != 0)
        {
            output.WriteTag(field, WireFormat.WireType.Varint);
            output.WriteInt64(value);
        }
    }

    private static void WriteMessage(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(Message(write));
    }

    private static ByteString Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var message = new CodedOutputStream(bytes, 64, leaveOpen: true))
        {
            write(message);
        }

        return UnsafeByteOperations.UnsafeWrap(bytes.ToArray());
    }
}
