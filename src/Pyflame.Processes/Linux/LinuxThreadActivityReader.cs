using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>
/// <c>/proc/PID/task/TID/syscall</c> (proc_pid_syscall(5)): the word <c>running</c>, or the number of a system call and its
/// arguments. Held open for each thread, one look costs one pread(2).
/// </summary>
internal sealed unsafe class LinuxThreadActivityReader : ThreadActivityReader
{
    // Above this many threads the files are opened each time: file descriptors are not ours to use up.
    private const int MostOpen = 4096;
    private readonly int _processId;
    private readonly Dictionary<int, int> _files = [];

    public LinuxThreadActivityReader(int processId)
    {
        _processId = processId;
        IsAvailable = Read(processId).Kind != ThreadActivityKind.Unknown;
    }

    public override bool IsAvailable { get; }

    public override ThreadActivity Read(int threadId)
    {
        if (!_files.TryGetValue(threadId, out int file))
        {
            file = Open(threadId);
            if (file < 0)
            {
                return default;
            }

            if (_files.Count >= MostOpen)
            {
                ThreadActivity once = Read(file, out _);
                _ = Libc.Close(file);
                return once;
            }

            _files.Add(threadId, file);
        }

        ThreadActivity activity = Read(file, out bool gone);
        if (gone)
        {
            Forget(threadId);
        }

        return activity;
    }

    public override void Forget(int threadId)
    {
        if (_files.Remove(threadId, out int file))
        {
            _ = Libc.Close(file);
        }
    }

    /// <summary>Understands what the file says.</summary>
    internal static ThreadActivity Parse(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("running"u8))
        {
            return new ThreadActivity(ThreadActivityKind.Running, -1, 0);
        }

        if (!Utf8Parser.TryParse(text, out int number, out int length))
        {
            return default;
        }

        ReadOnlySpan<byte> rest = text[length..];
        ulong first = rest.StartsWith(" 0x"u8) && Utf8Parser.TryParse(rest[3..], out ulong value, out _, 'x') ? value : 0;
        return new ThreadActivity(SystemCallKinds.Of(number), number, first);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (int file in _files.Values)
        {
            _ = Libc.Close(file);
        }

        _files.Clear();
    }

    private static ThreadActivity Read(int file, out bool gone)
    {
        byte* buffer = stackalloc byte[256];
        nint read = Libc.ReadAt(file, buffer, 256, 0);
        gone = read <= 0;
        return gone ? default : Parse(new ReadOnlySpan<byte>(buffer, (int)read));
    }

    private int Open(int threadId)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{_processId}/task/{threadId}/syscall\0");
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path))
        {
            return Libc.OpenAt(Libc.AtCurrentDirectory, bytes, Libc.OpenReadOnly | Libc.OpenCloseOnExec, 0);
        }
    }
}
