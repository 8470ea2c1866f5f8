using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Python.Tasks;

namespace Pyflame.Recording;

/// <summary>Reads the tasks of <c>asyncio</c> of a process once.</summary>
/// <remarks>
/// Nothing is stopped. A waiting task stays as it is while it is read, unless the loop wakes it just then: its frames may be of
/// before and after.
/// </remarks>
public static class TaskDumper
{
    private const int MaxInterpreters = 256;

    /// <summary>Takes the dump.</summary>
    /// <param name="runtime">The process's runtime.</param>
    /// <param name="threads">Its threads, as they were dumped just before.</param>
    /// <param name="options">What frames are to hold.</param>
    /// <returns>The tasks that have not ended, by name.</returns>
    public static IReadOnlyList<TaskDump> Dump(PythonRuntime runtime, IReadOnlyList<ThreadDump> threads, DumpOptions options)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(threads);
        ArgumentNullException.ThrowIfNull(options);
        if (!runtime.Version.IsAtLeast(3, 7))
        {
            return [];
        }

        var interpreters = new InterpreterState[MaxInterpreters];
        int count = runtime.ReadInterpreters(interpreters);
        var describer = new FrameDescriber(runtime.Memory, runtime.Offsets, options.Variables, options.QualifyNames);
        var reader = new TaskReader(runtime, describer.Codes.Strings, describer.Values);
        var coroutines = new CoroutineReader(runtime.Memory, runtime.Offsets, describer.Codes, describer.Values);
        var dumps = new List<TaskDump>();
        foreach (InterpreterState interpreter in interpreters.AsSpan(0, count))
        {
            ThreadDump[] own = [.. threads.Where(thread => thread.Interpreter == interpreter.Address)];
            dumps.AddRange(Dump(reader, coroutines, describer, reader.ReadAll(interpreter, own.Select(thread => thread.ThreadState)), own));
        }

        return dumps;
    }

    private static IEnumerable<TaskDump> Dump(
        TaskReader reader, CoroutineReader coroutines, FrameDescriber describer, IReadOnlyList<AsyncioTask> tasks, ThreadDump[] threads)
    {
        HashSet<RemoteAddress> known = [.. tasks.Select(task => task.Address)];
        var dumps = new Dictionary<RemoteAddress, TaskDump>();
        var awaits = new List<(TaskDump Task, List<RemoteAddress> Awaited)>();
        var threadsOfLoops = new Dictionary<RemoteAddress, ThreadDump?>();
        foreach (AsyncioTask task in tasks)
        {
            if (!threadsOfLoops.TryGetValue(task.Loop, out ThreadDump? thread))
            {
                ulong ident = reader.ThreadOf(task.Loop);
                thread = threads.FirstOrDefault(candidate => candidate.PthreadId == ident);
                threadsOfLoops.Add(task.Loop, thread);
            }

            var awaited = new List<RemoteAddress>();
            TaskDump? dump = coroutines.StateOf(task.Coroutine, out RemoteAddress frame) switch
            {
                CoroutineState.Ended or CoroutineState.Unknown => null,
                CoroutineState.Running => Running(task, frame, threads),
                _ => Waiting(task, reader, coroutines, describer, known, awaited, thread),
            };
            if (dump is not null)
            {
                dumps.Add(task.Address, dump);
                awaits.Add((dump, awaited));
            }
        }

        foreach ((TaskDump task, List<RemoteAddress> awaited) in awaits)
        {
            task.Awaits = [.. awaited.Where(dumps.ContainsKey).Select(address => dumps[address]).OrderBy(other => other.Name, StringComparer.Ordinal)];
        }

        return dumps.Values.OrderBy(task => task.Name, StringComparer.Ordinal);
    }

    private static TaskDump Running(AsyncioTask task, RemoteAddress frame, ThreadDump[] threads)
    {
        foreach (ThreadDump thread in threads)
        {
            DumpedFrame? begin = thread.Frames.FirstOrDefault(candidate => candidate.Address == frame);
            if (begin is not null)
            {
                DumpedFrame[] frames = [.. thread.Frames.TakeWhile(candidate => candidate != begin), begin];
                return new TaskDump(task.Name ?? begin.QualifiedName, true, frames) { OsThreadId = thread.OsThreadId };
            }
        }

        // It began to run after its thread was looked at.
        return new TaskDump(task.Name ?? "?", true, []);
    }

    private static TaskDump Waiting(
        AsyncioTask task,
        TaskReader reader,
        CoroutineReader coroutines,
        FrameDescriber describer,
        HashSet<RemoteAddress> known,
        List<RemoteAddress> awaited,
        ThreadDump? thread)
    {
        var raw = new List<RawFrame>();
        RemoteAddress last = coroutines.ReadSuspended(task.Coroutine, raw);
        reader.ReadAwaited(last, known, awaited);
        for (int i = raw.Count - 1; i >= 0 && awaited.Count == 0; i--)
        {
            if (describer.Codes.Get(raw[i].Code) is { } code)
            {
                reader.ReadAwaitedByAsyncio(raw[i].Address, code, known, awaited);
            }
        }

        List<DumpedFrame> frames = describer.Describe([.. raw]);
        return new TaskDump(task.Name ?? (frames.Count > 0 ? frames[^1].QualifiedName : "?"), false, frames)
        {
            OsThreadId = thread?.OsThreadId ?? 0,
            AwaitedType = awaited.Count > 0 || last.IsNull ? null : reader.TypeOf(last),
        };
    }
}
