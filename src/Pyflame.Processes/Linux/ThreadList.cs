using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>Lists the OS threads of a process (proc_pid_task(5)).</summary>
/// <param name="proc">The folder of the process.</param>
/// <param name="isNested">
/// Whether the process lives in a PID namespace below ours, so that its threads have two ids.
/// </param>
internal sealed class ThreadList(ProcFolder proc, bool isNested) : IDisposable
{
    private static readonly long TicksPerSecond = Math.Max(1, Libc.SystemConfiguration(2));   // _SC_CLK_TCK

    private readonly byte[] entries = new byte[32 << 10];
    private readonly byte[] text = new byte[4096];
    private readonly Dictionary<int, int> namespaceIds = [];
    private int folder = -1;

    /// <summary>Lists the threads; see <see cref="TargetProcess.ReadThreads(Span{NativeThread})"/>.</summary>
    public int Read(Span<NativeThread> destination)
    {
        if (folder < 0)
        {
            folder = ProcFolder.Open(proc.Descriptor, "task", Libc.OpenReadOnly | Libc.OpenDirectory, out _);
        }

        if (folder < 0)
        {
            return 0;
        }

        int total = 0;
        var numbers = new NumberedEntries(folder, entries);
        while (total < destination.Length && numbers.TryNext(out int id))
        {
            if (TryRead(id, out NativeThread thread))
            {
                destination[total++] = thread;
            }
        }

        return total;
    }

    /// <summary>Reads one thread; see <see cref="TargetProcess.TryReadThread"/>.</summary>
    [SkipLocalsInit]
    public bool TryRead(int threadId, out NativeThread thread)
    {
        Span<byte> path = stackalloc byte[32];
        int count = proc.ReadStart(ThreadPath(path, threadId, "/stat"u8), text);
        if (count <= 0 || !ProcStat.TryParse(text.AsSpan(0, count), out ProcStat stat))
        {
            thread = default;
            return false;
        }

        thread = new NativeThread(
            threadId,
            isNested ? NamespaceId(threadId) : threadId,
            stat.State,
            TimeSpan.FromTicks((long)(stat.CpuTicks * (ulong)(TimeSpan.TicksPerSecond / TicksPerSecond))));
        return true;
    }

    /// <summary>Reads the name of a thread; see <see cref="TargetProcess.ReadThreadName"/>.</summary>
    public string? ReadName(int threadId)
    {
        Span<byte> path = stackalloc byte[32];
        int count = proc.ReadStart(ThreadPath(path, threadId, "/comm"u8), text);
        return count <= 0 ? null : ByteText.Decode(text.AsSpan(0, text[count - 1] == '\n' ? count - 1 : count));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (folder >= 0)
        {
            _ = Libc.Close(folder);
            folder = -1;
        }
    }

    private int NamespaceId(int threadId)
    {
        if (namespaceIds.TryGetValue(threadId, out int id))
        {
            return id;
        }

        Span<byte> path = stackalloc byte[32];
        int count = proc.ReadStart(ThreadPath(path, threadId, "/status"u8), text);
        if (count <= 0 || !ProcStatus.TryNumber(text.AsSpan(0, count), "NSpid:"u8, -1, out id))
        {
            return threadId;
        }

        if (namespaceIds.Count >= ParseLimits.Threads)
        {
            namespaceIds.Clear();
        }

        namespaceIds.Add(threadId, id);
        return id;
    }

    private static ReadOnlySpan<byte> ThreadPath(Span<byte> buffer, int threadId, ReadOnlySpan<byte> file)
    {
        "task/"u8.CopyTo(buffer);
        _ = Utf8Formatter.TryFormat(threadId, buffer[5..], out int digits);
        file.CopyTo(buffer[(5 + digits)..]);
        buffer[5 + digits + file.Length] = 0;
        return buffer[..(6 + digits + file.Length)];
    }
}
