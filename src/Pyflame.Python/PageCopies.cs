using Pyflame.Processes;

namespace Pyflame.Python;

/// <summary>Copies of the pages that pointers were followed through, so that what lies together is read in one system call.</summary>
internal sealed class PageCopies
{
    private const int PageSize = 4096;
    private const int MostPages = 8;

    private readonly RemoteAddress[] _addresses = new RemoteAddress[MostPages];
    private readonly byte[] _bytes = new byte[MostPages * PageSize];
    private int _count;

    /// <summary>Forgets the copies.</summary>
    public void Clear() => _count = 0;

    /// <summary>Reads from the copy of a page, which is made if need be.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="address">The first byte, in the target.</param>
    /// <param name="destination">The caller's buffer.</param>
    /// <returns>False where any of the bytes cannot be read.</returns>
    public bool TryRead(MemoryReader memory, RemoteAddress address, Span<byte> destination)
    {
        int offset = (int)(address.Value % PageSize);
        int index = offset > PageSize - destination.Length ? -1 : FindOrCopy(memory, address - offset);
        if (index < 0)
        {
            return memory.TryRead(address, destination);
        }

        _bytes.AsSpan((index * PageSize) + offset, destination.Length).CopyTo(destination);
        return true;
    }

    private int FindOrCopy(MemoryReader memory, RemoteAddress page)
    {
        int index = _addresses.AsSpan(0, _count).IndexOf(page);
        if (index >= 0 || _count == MostPages || !memory.TryRead(page, _bytes.AsSpan(_count * PageSize, PageSize)))
        {
            return index;
        }

        _addresses[_count] = page;
        return _count++;
    }
}
