using System.Globalization;
using System.Text;
using Pyflame.Cli.Terminal;
using Pyflame.Python;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>Dumps as text: one process thread by thread, several with equal stacks folded together.</summary>
internal static class DumpText
{
    /// <summary>The text of one process.</summary>
    public static string OfOne(DumpedProcess process)
    {
        var text = new StringBuilder(Head(process)).AppendLine();
        foreach (ThreadDump thread in process.Threads)
        {
            text.AppendLine().Append("Thread ").Append(Describe(thread)).AppendLine();
            AppendFrames(text, thread);
        }

        AppendGreenlets(text, process);
        if (process.Tasks is not null)
        {
            text.AppendLine().Append(TaskText.Of(process));
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>The text of several processes: each stack once, with the threads that have it, the most frequent first.</summary>
    public static string OfMany(IReadOnlyList<DumpedProcess> processes)
    {
        var text = new StringBuilder();
        foreach (DumpedProcess process in processes)
        {
            text.AppendLine(Head(process));
        }

        var stacks = processes
            .SelectMany(process => process.Threads.Select(thread => (process, thread)))
            .GroupBy(pair => Key(pair.thread))
            .OrderByDescending(group => group.Count());
        foreach (var group in stacks)
        {
            int count = group.Count();
            text.AppendLine().AppendLine(count == 1 ? "1 thread:" : string.Create(CultureInfo.InvariantCulture, $"{count} threads:"));
            foreach ((DumpedProcess process, ThreadDump thread) in group)
            {
                text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"  process {process.ProcessId}, thread {Describe(thread)}"));
            }

            AppendFrames(text, group.First().thread);
        }

        foreach (DumpedProcess process in processes.Where(process => process.Greenlets is { Count: > 0 } || process.Tasks is not null))
        {
            text.AppendLine().AppendLine(Head(process));
            AppendGreenlets(text, process);
            text.Append(process.Tasks is null ? string.Empty : TaskText.Of(process));
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>The kernel's id of a thread, its name, and what is remarkable about it.</summary>
    private static string Describe(ThreadDump thread)
    {
        string id = thread.OsThreadId == 0
            ? "0x" + thread.PthreadId.ToString("x", CultureInfo.InvariantCulture)
            : thread.OsThreadId.ToString(CultureInfo.InvariantCulture);
        string name = string.IsNullOrEmpty(thread.Name) ? string.Empty : $" \"{SafeText.OneLine(thread.Name)}\"";
        return $"{id}{name} ({ThreadStateText.Describe(thread)})";
    }

    private static string Head(DumpedProcess process) => SafeText.OneLine(string.Create(
        CultureInfo.InvariantCulture, $"Process {process.ProcessId}, Python {process.Version}: {process.CommandLine}"));

    private static (StackStatus Status, string Frames) Key(ThreadDump thread) =>
        (thread.Status, string.Join('\n', thread.Frames.Select(Key)));

    // With locals shown, threads are alike only where these are.
    private static string Key(DumpedFrame frame) => string.Create(
        CultureInfo.InvariantCulture, $"{frame.FileName}:{frame.QualifiedName}:{frame.Line}{(frame.Variables.Count == 0 ? string.Empty : Values(frame))}");

    private static string Values(DumpedFrame frame) => string.Join('\0', frame.Variables.Select(variable => $"{variable.Name}={variable.Value}"));

    // Equal stacks together: a server has thousands of greenlets that wait in one place.
    private static void AppendGreenlets(StringBuilder text, DumpedProcess process)
    {
        var stacks = (process.Greenlets ?? []).GroupBy(greenlet => (greenlet.ThreadId, string.Join('\n', greenlet.Frames.Select(Key))))
            .OrderByDescending(group => group.Count());
        foreach (IGrouping<(int ThreadId, string Stack), GreenletDump> group in stacks)
        {
            string of = group.Key.ThreadId == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" of thread {group.Key.ThreadId}");
            const int Most = 8;
            string names = string.Join(", ", group.Take(Most).Select(greenlet => $"{greenlet.Type} 0x{greenlet.Address:x}"));
            text.AppendLine().AppendLine(SafeText.OneLine(group.Count() == 1 ? names + of : string.Create(
                CultureInfo.InvariantCulture, $"{group.Count()} greenlets{of}: {names}{(group.Count() > Most ? ", …" : string.Empty)}")));
            AppendFrames(text, group.First().Frames, 4);
        }
    }

    /// <summary>Adds a line for each frame, and for each of its variables.</summary>
    public static void AppendFrames(StringBuilder text, IReadOnlyList<DumpedFrame> frames, int indent)
    {
        string space = new(' ', indent);
        foreach (DumpedFrame frame in frames)
        {
            string line = frame.Line == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $":{frame.Line}");
            text.AppendLine(SafeText.OneLine($"{space}{frame.QualifiedName} ({frame.FileName}{line})"));
            foreach (DumpedVariable variable in frame.Variables)
            {
                text.AppendLine(SafeText.OneLine($"{space}    {variable.Name} = {variable.Value}"));
            }
        }
    }

    private static void AppendFrames(StringBuilder text, ThreadDump thread)
    {
        AppendFrames(text, thread.Frames, 4);

        string? remark = thread.Status switch
        {
            StackStatus.Torn => "(it changed whenever it was read)",
            StackStatus.Truncated => "(further frames are left out)",
            _ when thread.Frames.Count == 0 => "(no Python frame)",
            _ => null,
        };
        if (remark is not null)
        {
            text.AppendLine($"    {remark}");
        }

        if (!thread.VariablesFitStack)
        {
            text.AppendLine("    (it ran on while values were read, so they may be newer than the stack)");
        }
    }
}
