using System.Buffers.Text;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>
/// The id that was last given to a new process or thread in our PID namespace and those below it: the fifth field of <c>/proc/loadavg</c>
/// (proc_loadavg(5)). Ids are given out in ascending order and begin anew at <c>pid_max</c>, so two looks tell who may have been born in
/// between.
/// </summary>
internal sealed unsafe class LastProcessId : IDisposable
{
    private int _file;

    private LastProcessId(int file) => _file = file;

    /// <summary>
    /// Opens it; null where it does not tell. A sandbox or lxcfs may put another file in its place, so it is tried on a thread of ours.
    /// </summary>
    public static LastProcessId? TryOpen()
    {
        int file = ProcFolder.Open(Libc.AtCurrentDirectory, "/proc/loadavg", Libc.OpenReadOnly, out _);
        if (file < 0)
        {
            return null;
        }

        var last = new LastProcessId(file);

        // The ids may begin anew in the middle of it, but not three times.
        for (int attempt = 0; attempt < 3; attempt++)
        {
            int before = last.Read();
            int born = 0;
            var thread = new Thread(() => born = Libc.CurrentThreadId(), 64 << 10);
            thread.Start();
            thread.Join();
            if (before > 0 && before < born && born <= last.Read())
            {
                return last;
            }
        }

        last.Dispose();
        return null;
    }

    /// <summary>Reads it; 0 where it cannot be read. One system call.</summary>
    public int Read()
    {
        Span<byte> text = stackalloc byte[128];
        nint count;
        fixed (byte* bytes = text)
        {
            count = Libc.ReadAt(_file, bytes, (nuint)text.Length, 0);
        }

        if (count <= 0)
        {
            return 0;
        }

        text = text[..(int)count];
        return Utf8Parser.TryParse(text[(text.LastIndexOf((byte)' ') + 1)..], out int id, out _) ? id : 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int closing = Interlocked.Exchange(ref _file, -1);
        if (closing >= 0)
        {
            _ = Libc.Close(closing);
        }
    }
}
