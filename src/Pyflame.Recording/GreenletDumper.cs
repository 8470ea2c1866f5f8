using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Python.Tasks;

namespace Pyflame.Recording;

/// <summary>Reads the greenlets of a process once. Those that run are on the stacks of their threads.</summary>
public static class GreenletDumper
{
    private const int MaxInterpreters = 256;

    /// <summary>Takes the dump.</summary>
    /// <param name="runtime">The process's runtime.</param>
    /// <param name="threads">Its threads.</param>
    /// <param name="options">What frames are to hold.</param>
    /// <returns>The greenlets that are switched away from; null where the program does not use greenlets, or they cannot be read.</returns>
    public static IReadOnlyList<GreenletDump>? Dump(PythonRuntime runtime, IReadOnlyList<ThreadDump> threads, DumpOptions options)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(threads);
        ArgumentNullException.ThrowIfNull(options);
        var interpreters = new InterpreterState[MaxInterpreters];
        int count = runtime.ReadInterpreters(interpreters);
        var describer = new FrameDescriber(runtime.Memory, runtime.Offsets, options.Variables, options.QualifyNames);
        var reader = new GreenletReader(runtime, describer.Codes.Strings, describer.Values);
        List<GreenletDump>? dumps = null;
        Dictionary<RemoteAddress, int>? threadOf = null;
        for (int i = 0; i < count; i++)
        {
            if (reader.CanRead(interpreters[i]))
            {
                dumps ??= [];
                threadOf ??= FindThreads(runtime, threads, describer);
                dumps.AddRange(reader.ReadAll(interpreters[i]).Select(greenlet => new GreenletDump(
                    greenlet.Address.Value,
                    greenlet.Type[(greenlet.Type.LastIndexOf('.') + 1)..],
                    greenlet.Parent.Value,
                    threadOf.GetValueOrDefault(greenlet.Main),
                    describer.Describe([.. greenlet.Frames]))));
            }
        }

        return dumps;
    }

    // By their main greenlets.
    private static Dictionary<RemoteAddress, int> FindThreads(PythonRuntime runtime, IReadOnlyList<ThreadDump> threads, FrameDescriber describer)
    {
        var reader = new GreenletThreads(runtime, describer.Codes.Strings);
        var found = new Dictionary<RemoteAddress, int>();
        foreach (ThreadDump thread in threads)
        {
            if (reader.Find(thread.PthreadId, thread.ThreadState) is { } greenlets)
            {
                greenlets.TryRefresh(out _);
                found.TryAdd(greenlets.Main, thread.OsThreadId);
            }
        }

        return found;
    }
}
