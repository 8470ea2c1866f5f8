namespace Pyflame.Profiles.Packing;

/// <summary>Writes the processes and threads that are new or have changed since the last time, and reads them back.</summary>
internal static class ThreadDelta
{
    // A thread's flags.
    private const int IsMain = 1;
    private const int HasName = 2;

    /// <summary>Writes what differs from what was written, which is brought up to date.</summary>
    /// <returns>False where nothing differs; then nothing is written.</returns>
    public static bool Write(
        PackedWriter writer, Profile profile, List<ProfiledProcess> writtenProcesses, List<ProfiledThread> writtenThreads)
    {
        if (IsSame(profile.Processes, writtenProcesses) && IsSame(profile.Threads, writtenThreads))
        {
            return false;
        }

        List<int> processes = Changed(profile.Processes, writtenProcesses);
        List<int> threads = Changed(profile.Threads, writtenThreads);
        writer.Write(processes.Count);
        foreach (int index in processes)
        {
            ProfiledProcess process = profile.Processes[index];
            writer.Write(index);
            writer.Write(Math.Max(0, process.ProcessId));
            writer.Write(Math.Max(0, process.NamespaceProcessId));
            writer.Write(Math.Max(0, process.ParentProcessId));
            writer.Write(process.CommandLine);
            writer.Write(process.PythonVersion);
            writer.Write(process.Executable);
        }

        writer.Write(threads.Count);
        foreach (int index in threads)
        {
            ProfiledThread thread = profile.Threads[index];
            writer.Write(index);
            writer.Write(thread.ProcessIndex);
            writer.Write(Math.Max(0, thread.OsThreadId));
            writer.Write((thread.IsMain ? IsMain : 0) | (thread.Name is null ? 0 : HasName));
            writer.Write(thread.Name ?? string.Empty);
        }

        return true;
    }

    /// <summary>Brings a profile's processes and threads up to date.</summary>
    /// <exception cref="DamagedRecordException">The payload is not one of this profile.</exception>
    public static void Read(ref PackedReader reader, Profile profile)
    {
        for (int count = reader.ReadCount("the number of processes"); count > 0; count--)
        {
            int index = ReadIndex(ref reader, profile.Processes.Count, "a process's number");
            int id = (int)reader.Read(int.MaxValue, "a process id");
            int namespaceId = (int)reader.Read(int.MaxValue, "a process id");
            int parentId = (int)reader.Read(int.MaxValue, "a process id");
            string commandLine = reader.ReadText("a command line");
            string version = reader.ReadText("a Python version");
            Put(profile.Processes, index, new ProfiledProcess(id, commandLine, version)
            {
                NamespaceProcessId = namespaceId,
                ParentProcessId = parentId,
                Executable = reader.ReadText("an executable's path"),
            });
        }

        for (int count = reader.ReadCount("the number of threads"); count > 0; count--)
        {
            int index = ReadIndex(ref reader, profile.Threads.Count, "a thread's number");
            int process = (int)reader.Read(profile.Processes.Count - 1, "a thread's process");
            int id = (int)reader.Read(int.MaxValue, "a thread id");
            int flags = (int)reader.Read(int.MaxValue, "a thread's flags");
            string name = reader.ReadText("a thread's name");
            Put(profile.Threads, index, new ProfiledThread(
                new ProfiledThreadId(index), process, id, (flags & HasName) == 0 ? null : name, (flags & IsMain) != 0));
        }
    }

    private static bool IsSame<T>(List<T> current, List<T> written)
        where T : class
    {
        bool same = current.Count == written.Count;
        for (int index = 0; same && index < current.Count; index++)
        {
            same = ReferenceEquals(current[index], written[index]);
        }

        return same;
    }

    private static List<int> Changed<T>(List<T> current, List<T> written)
        where T : class
    {
        var changed = new List<int>();
        for (int index = 0; index < current.Count; index++)
        {
            if (index == written.Count)
            {
                written.Add(current[index]);
                changed.Add(index);
            }
            else if (!ReferenceEquals(written[index], current[index]))
            {
                written[index] = current[index];
                changed.Add(index);
            }
        }

        return changed;
    }

    private static int ReadIndex(ref PackedReader reader, int count, string what) =>
        (int)reader.Read(Math.Min(count, ProfileFileLayout.MaxThreads), what);

    private static void Put<T>(List<T> list, int index, T value)
    {
        if (index == list.Count)
        {
            list.Add(value);
        }
        else
        {
            list[index] = value;
        }
    }
}
