using System.Buffers.Binary;
using System.Buffers.Text;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>The entries of an open folder whose names are numbers, as in <c>/proc</c> and <c>/proc/PID/task</c>. Allocates nothing.</summary>
internal unsafe ref struct NumberedEntries
{
    private const int NameAt = 19;     // struct linux_dirent64, getdents64(2)

    private readonly int _folder;
    private readonly byte[] _buffer;
    private ReadOnlySpan<byte> _rest;
    private bool _isAtEnd;

    /// <summary>Begins at the folder's beginning.</summary>
    /// <param name="folder">The folder's descriptor.</param>
    /// <param name="buffer">Room for some of the entries; 32 KiB do.</param>
    public NumberedEntries(int folder, byte[] buffer)
    {
        _folder = folder;
        _buffer = buffer;
        _isAtEnd = Libc.Seek(folder, 0, 0) != 0;
    }

    /// <summary>Goes on to the next number; false at the end, and where the folder cannot be read.</summary>
    public bool TryNext(out int number)
    {
        while (TryTakeEntry(out ReadOnlySpan<byte> name))
        {
            if (Utf8Parser.TryParse(name, out number, out int digits) && name[digits] == 0)
            {
                return true;
            }
        }

        number = 0;
        return false;
    }

    private bool TryTakeEntry(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (_rest.Length <= NameAt && !TryFill())
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest[16..]);
        name = _rest[NameAt..];
        _rest = length > NameAt && length <= _rest.Length ? _rest[length..] : default;
        return true;
    }

    private bool TryFill()
    {
        int count = 0;
        if (!_isAtEnd)
        {
            fixed (byte* bytes = _buffer)
            {
                count = Libc.ReadFolder(_folder, bytes, _buffer.Length);
            }
        }

        _isAtEnd = count <= NameAt;
        _rest = _isAtEnd ? default : _buffer.AsSpan(0, count);
        return !_isAtEnd;
    }
}
