using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>Looks at many processes through <c>/proc</c>, held open, and allocates nothing for it.</summary>
internal sealed unsafe class ProcessStats : IDisposable
{
    private readonly byte[] _entries = new byte[32 << 10];
    private readonly List<int> _ids = [];
    private int _folder;

    public ProcessStats() => _folder = ProcFolder.Open(Libc.AtCurrentDirectory, "/proc", Libc.OpenReadOnly | Libc.OpenDirectory, out _);

    /// <summary>Lists the processes that we are let to see; without their threads. The list is this object's own.</summary>
    public List<int> ReadIds()
    {
        _ids.Clear();
        if (_folder >= 0)
        {
            var numbers = new NumberedEntries(_folder, _entries);
            while (numbers.TryNext(out int id))
            {
                _ids.Add(id);
            }
        }

        return _ids;
    }

    /// <summary>Reads what a process is; a thread too, which the listing leaves out. False where there is none.</summary>
    public bool TryRead(int id, out ProcStat stat)
    {
        stat = default;
        Span<byte> text = stackalloc byte[1024];
        int count = ReadStart(id, "/stat\0"u8, text);
        return count > 0 && ProcStat.TryParse(text[..count], out stat);
    }

    /// <summary>Whether an id is that of a process, and not of a thread besides its first.</summary>
    public bool IsLeader(int id)
    {
        Span<byte> text = stackalloc byte[1024];
        int count = ReadStart(id, "/status\0"u8, text);
        return count > 0 && ProcStatus.TryNumber(text[..count], "Tgid:"u8, 0, out int leader) && leader == id;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int closing = Interlocked.Exchange(ref _folder, -1);
        if (closing >= 0)
        {
            _ = Libc.Close(closing);
        }
    }

    [SkipLocalsInit]
    private int ReadStart(int id, ReadOnlySpan<byte> file, Span<byte> text)
    {
        if (_folder < 0 || id <= 0)
        {
            return -1;
        }

        Span<byte> path = stackalloc byte[32];
        _ = Utf8Formatter.TryFormat(id, path, out int digits);
        file.CopyTo(path[digits..]);
        return ProcFolder.ReadStart(_folder, path, text);
    }
}
