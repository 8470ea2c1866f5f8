using System.Text.Json;
using Pyflame.Python;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>Dumps as JSON; docs/dump-json.md describes it.</summary>
internal static class DumpJson
{
    private const int SchemaVersion = 1;

    /// <summary>Writes the processes in the order in which they come.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="withVariables">Whether arguments and locals were asked for.</param>
    /// <param name="destination">Where to.</param>
    public static void Write(IReadOnlyList<DumpedProcess> processes, bool withVariables, Stream destination)
    {
        using var json = new Utf8JsonWriter(destination, JsonText.Options);
        json.WriteStartObject();
        json.WriteNumber("schema", SchemaVersion);
        json.WriteStartArray("processes");
        foreach (DumpedProcess process in processes)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", process.ProcessId);
            json.WriteString("command", process.CommandLine);
            json.WriteString("python", process.Version.ToString());
            json.WriteString("executable", process.Executable);
            json.WriteStartArray("threads");
            foreach (ThreadDump thread in process.Threads)
            {
                Write(json, thread, withVariables);
            }

            json.WriteEndArray();
            if (process.Greenlets is not null)
            {
                WriteGreenlets(json, process.Greenlets, withVariables);
            }

            if (process.Tasks is not null)
            {
                WriteTasks(json, process.Tasks, withVariables);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteGreenlets(Utf8JsonWriter json, IReadOnlyList<GreenletDump> greenlets, bool withVariables)
    {
        json.WriteStartArray("greenlets");
        foreach (GreenletDump greenlet in greenlets)
        {
            json.WriteStartObject();
            json.WriteNumber("id", greenlet.Address);
            json.WriteString("type", greenlet.Type);
            json.WriteNumber("parent", greenlet.Parent);
            if (greenlet.ThreadId == 0)
            {
                json.WriteNull("native_id");
            }
            else
            {
                json.WriteNumber("native_id", greenlet.ThreadId);
            }

            WriteFrames(json, greenlet.Frames, withVariables);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTasks(Utf8JsonWriter json, IReadOnlyList<TaskDump> tasks, bool withVariables)
    {
        var numbers = new Dictionary<TaskDump, int>(ReferenceEqualityComparer.Instance);
        foreach (TaskDump task in tasks)
        {
            numbers.Add(task, numbers.Count);
        }

        json.WriteStartArray("tasks");
        foreach (TaskDump task in tasks)
        {
            json.WriteStartObject();
            json.WriteString("name", task.Name);
            json.WriteString("state", task.IsRunning ? "running" : "waiting");
            if (task.OsThreadId == 0)
            {
                json.WriteNull("native_id");
            }
            else
            {
                json.WriteNumber("native_id", task.OsThreadId);
            }

            json.WriteStartArray("awaits");
            foreach (TaskDump other in task.Awaits)
            {
                json.WriteNumberValue(numbers[other]);
            }

            json.WriteEndArray();
            json.WriteString("awaited_type", task.AwaitedType);
            WriteFrames(json, task.Frames, withVariables);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ThreadDump thread, bool withVariables)
    {
        json.WriteStartObject();
        json.WriteNumber("ident", thread.PthreadId);
        if (thread.OsThreadId == 0)
        {
            json.WriteNull("native_id");
        }
        else
        {
            json.WriteNumber("native_id", thread.OsThreadId);
        }

        json.WriteString("name", thread.Name);
        if (thread.HoldsGil is { } holds)
        {
            json.WriteBoolean("holds_gil", holds);
        }
        else
        {
            json.WriteNull("holds_gil");
        }

        json.WriteBoolean("is_main", thread.IsMain);
        json.WriteString("state", ThreadStateText.Name(thread.State));
        json.WriteString("stack", thread.Status switch
        {
            StackStatus.Torn => "unproven",
            StackStatus.Truncated => "truncated",
            _ => "complete",
        });
        if (withVariables)
        {
            json.WriteBoolean("locals_fit_stack", thread.VariablesFitStack);
        }

        WriteFrames(json, thread.Frames, withVariables);
        json.WriteEndObject();
    }

    private static void WriteFrames(Utf8JsonWriter json, IReadOnlyList<DumpedFrame> frames, bool withVariables)
    {
        json.WriteStartArray("frames");
        foreach (DumpedFrame frame in frames)
        {
            json.WriteStartObject();
            json.WriteString("function", frame.Function);
            json.WriteString("qualified_name", frame.QualifiedName);
            json.WriteString("file", frame.FileName);
            if (frame.Line == 0)
            {
                json.WriteNull("line");
            }
            else
            {
                json.WriteNumber("line", frame.Line);
            }

            if (withVariables)
            {
                WriteVariables(json, frame);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteVariables(Utf8JsonWriter json, DumpedFrame frame)
    {
        json.WriteStartArray("locals");
        foreach (DumpedVariable variable in frame.Variables)
        {
            json.WriteStartObject();
            json.WriteString("name", variable.Name);
            json.WriteString("value", variable.Value);
            json.WriteBoolean("is_argument", variable.IsArgument);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
