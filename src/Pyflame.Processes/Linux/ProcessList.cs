using System.Globalization;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>Lists the processes of the machine (proc(5)).</summary>
internal static class ProcessList
{
    private static readonly double TicksPerSecond = Math.Max(1, Libc.SystemConfiguration(2));   // _SC_CLK_TCK

    /// <summary>Lists them by PID; see <see cref="TargetProcess.ListProcesses"/>.</summary>
    public static IReadOnlyList<ProcessSummary> Read()
    {
        var processes = new List<ProcessSummary>();
        double sinceBoot = ReadSecondsSinceBoot();
        byte[] buffer = new byte[4096];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
                && TryRead(processId, sinceBoot, ref buffer) is { } summary)
            {
                processes.Add(summary);
            }
        }

        processes.Sort((left, right) => left.ProcessId.CompareTo(right.ProcessId));
        return processes;
    }

    private static ProcessSummary? TryRead(int processId, double sinceBoot, ref byte[] buffer)
    {
        using ProcFolder? proc = ProcFolder.TryOpen(processId, out _);
        int length = proc?.Read("stat", ref buffer, out _) ?? -1;
        if (length <= 0
            || !ProcStat.TryParse(buffer.AsSpan(0, length), out ProcStat stat)
            || stat.State is NativeThreadState.Zombie or NativeThreadState.Dead)
        {
            return null;
        }

        // Threads of the kernel have no command line.
        length = proc!.Read("cmdline", ref buffer, out _);
        if (length <= 0)
        {
            return null;
        }

        string[] words = ByteText.Decode(buffer.AsSpan(0, length)).TrimEnd('\0').Split('\0');
        length = proc.Read("status", ref buffer, out _);
        if (length <= 0 || !ProcStatus.TryNumber(buffer.AsSpan(0, length), "Threads:"u8, 0, out int threads))
        {
            threads = 1;
        }

        double age = Math.Max(0, sinceBoot - (stat.StartTicks / TicksPerSecond));
        return new ProcessSummary(processId, words, threads, TimeSpan.FromSeconds(age));
    }

    private static double ReadSecondsSinceBoot()
    {
        try
        {
            return double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Environment.TickCount64 / 1000.0;
        }
    }
}
