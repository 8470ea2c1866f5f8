using System.Text;
using System.Text.Json;

namespace Pyflame.Profiles.Export;

/// <summary>
/// The lines of docs/json-lines.md, while a profile is being recorded or from one that has been: whatever a line refers to is written in
/// front of it.
/// </summary>
/// <remarks>Not safe for use by two threads at once.</remarks>
public sealed class JsonLinesSink : ISampleWriter, IDisposable
{
    private static readonly (SampleState State, string Name)[] s_states =
    [
        (SampleState.OnCpu, "on-cpu"),
        (SampleState.HoldsGil, "holds-gil"),
        (SampleState.WaitsForGil, "waits-for-gil"),
        (SampleState.Idle, "idle"),
        (SampleState.CollectingGarbage, "collecting-garbage"),
        (SampleState.Truncated, "truncated"),
        (SampleState.Paused, "paused"),
        (SampleState.Failed, "failed"),
        (SampleState.Lock, "lock"),
        (SampleState.Sleep, "sleep"),
        (SampleState.Poll, "poll"),
        (SampleState.InputOutput, "input-output"),
    ];

    private readonly Profile _profile;
    private readonly JsonStream _output;
    private readonly ShownFrames _frames;
    private readonly Dictionary<SampleState, byte[]> _states = [];

    // As they were written: while a profile is recorded, they are replaced when they get a name or run another program.
    private readonly List<ProfiledProcess> _processes = [];
    private readonly List<ProfiledThread> _threads = [];
    private int _writtenFrames;
    private int _writtenStacks = 1;

    /// <summary>Begins with the line of the circumstances.</summary>
    /// <param name="profile">Whose samples; may grow.</param>
    /// <param name="destination">Where to; left open.</param>
    /// <param name="options">How names are shown.</param>
    public JsonLinesSink(Profile profile, Stream destination, ExportOptions options)
    {
        _profile = profile;
        _output = new JsonStream(destination);
        _frames = new ShownFrames(profile, options);
        WriteCircumstances();
    }

    /// <summary>Writes a sample.</summary>
    /// <exception cref="IOException">The destination cannot be written.</exception>
    public void Add(in Sample sample)
    {
        StackId stack = _frames.Show(sample.Thread, sample.Stack);
        WriteNewThreads(sample.Thread);
        WriteNewStacks();
        WriteSample(sample, stack);
    }

    /// <summary>Writes how often a stack was seen, where no samples were kept.</summary>
    /// <exception cref="IOException">The destination cannot be written.</exception>
    public void Add(StackCount count)
    {
        StackId stack = _frames.Show(count.Thread, count.Stack);
        WriteNewThreads(count.Thread);
        WriteNewStacks();
        Utf8JsonWriter json = Begin("count");
        json.WriteNumber("thread"u8, count.Thread.Value);
        json.WriteNumber("stack"u8, stack.Value);
        json.WriteNumber("weight"u8, count.Weight);
        End();
    }

    /// <inheritdoc/>
    public void Flush() => _output.Flush();

    /// <summary>Writes the threads that no sample is of, and <see cref="Profile.Statistics"/> where there are any.</summary>
    /// <exception cref="IOException">The destination cannot be written.</exception>
    public void Complete()
    {
        WriteNewProcesses();
        for (int thread = 0; thread < _profile.Threads.Count; thread++)
        {
            WriteNewThreads(new ProfiledThreadId(thread));
        }

        if (_profile.Statistics is { } statistics)
        {
            WriteStatistics(statistics);
        }

        Flush();
    }

    /// <summary>Hands over what is left.</summary>
    public void Dispose() => _output.Dispose();

    private void WriteNewProcesses()
    {
        for (int index = 0; index < _profile.Processes.Count; index++)
        {
            ProfiledProcess process = _profile.Processes[index];
            if (index == _processes.Count)
            {
                _processes.Add(process);
            }
            else if (ReferenceEquals(process, _processes[index]))
            {
                continue;
            }

            _processes[index] = process;
            WriteProcess(process);
        }
    }

    // All that came before this one too: a thread's number is that of its line.
    private void WriteNewThreads(ProfiledThreadId last)
    {
        if (last.Value < _threads.Count && ReferenceEquals(_threads[last.Value], _profile.Threads[last.Value]))
        {
            return;
        }

        WriteNewProcesses();
        for (int index = Math.Min(last.Value, _threads.Count); index <= last.Value; index++)
        {
            ProfiledThread thread = _profile.Threads[index];
            if (index == _threads.Count)
            {
                _threads.Add(thread);
            }

            _threads[index] = thread;
            WriteThread(thread);
        }
    }

    private Utf8JsonWriter Begin(string type)
    {
        _output.Json.WriteStartObject();
        _output.Json.WriteString("type"u8, type);
        return _output.Json;
    }

    private void End()
    {
        _output.Json.WriteEndObject();
        _output.EndLine();
    }

    private void WriteCircumstances()
    {
        Circumstances circumstances = _profile.Circumstances;
        Utf8JsonWriter json = Begin("profile");
        json.WriteNumber("version"u8, 1);
        json.WriteString("start"u8, circumstances.StartUtc.UtcDateTime);
        json.WriteString("mode"u8, circumstances.Mode);
        json.WriteNumber("rate"u8, circumstances.RateHertz);
        json.WriteNumber("interval_ns"u8, circumstances.IntervalNanoseconds);
        json.WriteString("host"u8, circumstances.Host);
        json.WriteString("pyflame"u8, circumstances.PyflameVersion);
        json.WriteString("kernel"u8, circumstances.Kernel);
        json.WriteString("architecture"u8, circumstances.Architecture);
        json.WriteNumber("processors"u8, circumstances.ProcessorCount);
        json.WriteString("container"u8, circumstances.Container);
        End();
    }

    private void WriteProcess(ProfiledProcess process)
    {
        Utf8JsonWriter json = Begin("process");
        json.WriteNumber("pid"u8, process.ProcessId);
        json.WriteNumber("parent_pid"u8, process.ParentProcessId);
        json.WriteNumber("namespace_pid"u8, process.NamespaceProcessId);
        json.WriteString("command"u8, process.CommandLine);
        json.WriteString("executable"u8, process.Executable);
        json.WriteString("python"u8, process.PythonVersion);
        End();
    }

    private void WriteThread(ProfiledThread thread)
    {
        Utf8JsonWriter json = Begin("thread");
        json.WriteNumber("id"u8, thread.Id.Value);
        json.WriteNumber("pid"u8, _profile.Processes[thread.ProcessIndex].ProcessId);
        json.WriteNumber("os_id"u8, thread.OsThreadId);
        json.WriteString("name"u8, thread.DisplayName);
        json.WriteBoolean("main"u8, thread.IsMain);
        End();
    }

    private void WriteNewStacks()
    {
        for (; _writtenFrames < _frames.Count; _writtenFrames++)
        {
            ShownFrame frame = _frames[_writtenFrames];
            Utf8JsonWriter json = Begin("frame");
            json.WriteNumber("id"u8, _writtenFrames);
            json.WriteString("kind"u8, KindName(frame.Kind));
            json.WriteString("function"u8, frame.Name);
            json.WriteString("file"u8, frame.FileName);
            json.WriteNumber("first_line"u8, frame.FirstLineNumber);
            json.WriteNumber("line"u8, frame.LineNumber);
            End();
        }

        for (; _writtenStacks < _frames.Stacks.Count; _writtenStacks++)
        {
            var stack = new StackId(_writtenStacks);
            Utf8JsonWriter json = Begin("stack");
            json.WriteNumber("id"u8, _writtenStacks);
            json.WriteNumber("parent"u8, _frames.Stacks.Parent(stack).Value);
            json.WriteNumber("frame"u8, _frames.Leaf(stack));
            End();
        }
    }

    private static byte[] StateMember(SampleState state)
    {
        IEnumerable<string> names = s_states.Where(named => (state & named.State) != 0).Select(named => $"\"{named.Name}\"");
        string wait = state.Wait() is { } name ? $",\"wait\":\"{name}\"" : string.Empty;
        return Encoding.UTF8.GetBytes($",\"state\":[{string.Join(',', names)}]{wait}");
    }

    // There may be millions of them.
    private void WriteSample(in Sample sample, StackId stack)
    {
        if (!_states.TryGetValue(sample.State, out byte[]? state))
        {
            _states.Add(sample.State, state = StateMember(sample.State));
        }

        _output.Append("{\"type\":\"sample\",\"time_ns\":"u8, sample.TimestampNanoseconds);
        _output.Append(",\"thread\":"u8, sample.Thread.Value);
        _output.Append(",\"stack\":"u8, stack.Value);
        _output.Append(state);
        _output.Append(",\"weight\":"u8, sample.Weight);
        _output.Append("}\n"u8);
    }

    private void WriteStatistics(RecordingStatistics statistics)
    {
        Utf8JsonWriter json = Begin("statistics");
        json.WriteNumber("samples"u8, statistics.Samples);
        json.WriteNumber("proven"u8, statistics.Proven);
        json.WriteNumber("paused"u8, statistics.Paused);
        json.WriteNumber("truncated"u8, statistics.Truncated);
        json.WriteNumber("lost"u8, statistics.Lost);
        json.WriteNumber("late"u8, statistics.Late);
        json.WriteNumber("missed"u8, statistics.Missed);
        json.WriteNumber("failed"u8, statistics.Failed);
        json.WriteNumber("idle"u8, statistics.Idle);
        json.WriteNumber("duration_ns"u8, statistics.Duration.Ticks * TimeSpan.NanosecondsPerTick);
        json.WriteNumber("stopped_ns"u8, statistics.StoppedTime.Ticks * TimeSpan.NanosecondsPerTick);
        json.WriteNumber("rate_asked"u8, statistics.RateAsked);
        json.WriteNumber("rate_reached"u8, statistics.RateReached);
        json.WriteString("mode"u8, statistics.Mode);
        json.WriteString("memory"u8, statistics.MemoryMethod);
        End();
    }

    private static string KindName(FrameKind kind) => kind switch
    {
        FrameKind.Python => "python",
        FrameKind.Native => "native",
        FrameKind.GarbageCollector => "garbage-collector",
        FrameKind.Process => "process",
        FrameKind.Thread => "thread",
        FrameKind.Task => "task",
        FrameKind.Tag => "tag",
        _ => "marker",
    };
}
