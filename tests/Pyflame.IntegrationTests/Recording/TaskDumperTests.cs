using System.Globalization;
using System.Text.Json;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Tasks of asyncio, beside what the target's own <c>all_tasks()</c> says of them.</summary>
public sealed class TaskDumperTests
{
    [Theory]
    [InterpreterData(From = "3.7")]
    public void Every_task_has_its_name_its_frames_and_what_it_awaits(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "tasks.py");
        program.WaitUntilBlocked();
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target);

        IReadOnlyList<ThreadDump> threads = ThreadDumper.Dump(target, runtime, new DumpOptions());
        IReadOnlyList<TaskDump> tasks = TaskDumper.Dump(runtime, threads, new DumpOptions());

        using JsonDocument report = JsonDocument.Parse(program.Preamble[^1]);
        Assert.Equal(
            report.RootElement.EnumerateArray().Select(Expected).Order(StringComparer.Ordinal),
            tasks.Select(Actual).Order(StringComparer.Ordinal));
        TaskDump running = Assert.Single(tasks, task => task.IsRunning);
        Assert.Equal(["block"], running.Frames.Select(frame => frame.Function));
        Assert.All(tasks, task => Assert.Equal(program.ProcessId, task.OsThreadId));
        Assert.All(tasks, task => Assert.Equal(task.IsRunning || task.Awaits.Count > 0 ? null : "Future", task.AwaitedType));
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_program_without_asyncio_has_no_tasks(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.StartBlocked(interpreter, "blocked.py", out _);
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target);

        Assert.Empty(TaskDumper.Dump(runtime, ThreadDumper.Dump(target, runtime, new DumpOptions()), new DumpOptions()));
    }

    private static string Expected(JsonElement task)
    {
        bool running = task.GetProperty("running").GetBoolean();
        return Text(
            task.GetProperty("name").GetString() ?? task.GetProperty("function").GetString()!,
            running,
            task.GetProperty("frames").EnumerateArray().Select(frame => (frame[0].GetString()!, frame[1].GetInt32())),
            task.GetProperty("awaits").EnumerateArray().Select(name => name.GetString()!));
    }

    private static string Actual(TaskDump task) => Text(
        task.Name,
        task.IsRunning,
        task.IsRunning ? [] : task.Frames.Reverse().Select(frame => (frame.Function, frame.Line)),
        task.Awaits.Select(other => other.Name));

    private static string Text(string name, bool running, IEnumerable<(string Function, int Line)> frames, IEnumerable<string> awaits) =>
        $"{name}{(running ? " runs" : string.Empty)}: "
        + string.Join(" > ", frames.Select(frame => string.Create(CultureInfo.InvariantCulture, $"{frame.Function}:{frame.Line}")))
        + $"; awaits {string.Join(", ", awaits.Order(StringComparer.Ordinal))}";
}
