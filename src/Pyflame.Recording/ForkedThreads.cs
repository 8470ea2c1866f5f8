using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;

namespace Pyflame.Recording;

/// <summary>
/// Tells whether the threads that an interpreter lists are its process's own. A child has its parent's list from fork(2) until
/// <c>PyOS_AfterFork_Child</c> (Modules/posixmodule.c), and from vfork(2), which <c>subprocess</c> uses, its parent's very memory until it
/// runs a program: to sample it then would show the parent's threads a second time.
/// </summary>
internal static class ForkedThreads
{
    /// <summary>Whether there is a thread, and each is one that the kernel has in this process.</summary>
    public static bool AreOwn(TargetProcess target, PythonRuntime runtime)
    {
        // The profile is only the home of the table's threads here.
        var profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UtcNow, Mode = string.Empty, RateHertz = 0 });
        var table = new ThreadTable(target, runtime, profile, 0, readNames: false);
        var interpreters = new InterpreterTable(runtime, withLists: true);
        var threads = new List<ThreadStack>();
        var buffer = new RoundBuffer();
        if (interpreters.Refresh() is null)
        {
            return false;
        }

        buffer.Join(interpreters.Ranges, threads);
        if (buffer.Read(target.Memory) is not null)
        {
            return false;
        }

        interpreters.Decode(buffer.Common);
        for (int i = 0; i < interpreters.Count; i++)
        {
            table.ReadList(interpreters.ListHeads[i], threads);
        }

        return threads.Count > 0 && threads.TrueForAll(thread => thread.OsThreadId != 0);
    }
}
