using System.Globalization;
using System.Text;
using Pyflame.Cli.Terminal;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>The tasks of a process as a tree: below each task those that it waits for.</summary>
internal static class TaskText
{
    private const int Step = 2;

    /// <summary>The text, each line with its end.</summary>
    public static string Of(DumpedProcess process)
    {
        IReadOnlyList<TaskDump> tasks = process.Tasks ?? [];
        var text = new StringBuilder();
        text.AppendLine(tasks.Count == 0 ? "No tasks" : string.Create(CultureInfo.InvariantCulture, $"Tasks: {tasks.Count}"));

        // Those that nobody waits for begin the trees; what then is left waits in a circle.
        HashSet<TaskDump> awaited = new(tasks.SelectMany(task => task.Awaits), ReferenceEqualityComparer.Instance);
        HashSet<TaskDump> shown = new(ReferenceEqualityComparer.Instance);
        foreach (TaskDump task in tasks.Where(task => !awaited.Contains(task)).Concat(tasks))
        {
            if (!shown.Contains(task))
            {
                text.AppendLine();
                Append(text, process, task, 0, shown);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, DumpedProcess process, TaskDump root, int rootDepth, HashSet<TaskDump> shown)
    {
        var waiting = new Stack<(TaskDump Task, int Depth)>();
        waiting.Push((root, rootDepth));
        while (waiting.TryPop(out (TaskDump Task, int Depth) next))
        {
            (TaskDump task, int depth) = next;
            string space = new(' ', depth * Step);
            string what = depth == 0 ? "Task" : "awaits task";
            bool isNew = shown.Add(task);
            text.Append(space).Append(what).Append(" \"").Append(SafeText.OneLine(task.Name)).Append("\" (");
            text.Append(Describe(process, task)).Append(isNew ? ")\n" : "), shown above\n");
            if (isNew)
            {
                DumpText.AppendFrames(text, task.Frames, (depth * Step) + 4);
                foreach (TaskDump other in task.Awaits.Reverse())
                {
                    waiting.Push((other, depth + 1));
                }
            }
        }
    }

    private static string Describe(DumpedProcess process, TaskDump task)
    {
        string state = task.IsRunning ? "running"
            : task.AwaitedType is { } type ? $"awaits a {SafeText.OneLine(type)}"
            : task.Awaits.Count == 1 ? "awaits a task"
            : task.Awaits.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"awaits {task.Awaits.Count} tasks")
            : "ready";

        // Of one event loop, as nearly always, it goes without saying.
        bool isTold = task.OsThreadId != 0 && process.Tasks!.Any(other => other.OsThreadId != task.OsThreadId);
        return isTold ? string.Create(CultureInfo.InvariantCulture, $"{state}, thread {task.OsThreadId}") : state;
    }
}
