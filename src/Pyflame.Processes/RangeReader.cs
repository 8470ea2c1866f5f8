namespace Pyflame.Processes;

/// <summary>
/// Reads a list of ranges again and again, in as few pieces as possible: ranges that lie close together become one piece.
/// </summary>
/// <remarks>
/// A system call that reads many ranges costs some 0.4 µs for each of them and next to nothing for each of their bytes: the kernel looks up
/// and pins the pages of every range anew (process_vm_rw_single_vec in mm/process_vm_access.c). Ranges less than a page apart can be
/// joined without a look at the map, since then no page lies between them that neither touches. Not safe for use by two threads at once.
/// </remarks>
public sealed class RangeReader
{
    // The smallest page of the machines that Linux runs on.
    private const ulong PageSize = 4096;

    // Joined pieces are copied once more; fewer pieces saved than this are not worth it.
    private const int FewestSaved = 4;

    private RemoteRange[] _ranges = [];
    private RemoteRange[] _pieces = [];
    private int[] _pieceOf = [];
    private int[] _sources = [];
    private byte[] _bytes = [];
    private int _count;
    private int _pieceCount;
    private int _pieceBytes;
    private int _byteCount;

    /// <summary>How many pieces the ranges are read in; as many as there are ranges where joining does not save enough.</summary>
    public int PieceCount => _pieceCount;

    /// <summary>How many pages the pieces touch; one that two pieces touch counts twice, as it is looked up twice.</summary>
    public int PageCount
    {
        get
        {
            int count = 0;
            foreach (RemoteRange piece in _pieceCount == _count ? _ranges.AsSpan(0, _count) : _pieces.AsSpan(0, _pieceCount))
            {
                count += (int)(((piece.End.Value - 1) / PageSize) - (piece.Address.Value / PageSize)) + 1;
            }

            return count;
        }
    }

    /// <summary>Takes the ranges to read from now on. Only ranges that follow each other in the list are joined.</summary>
    /// <param name="ranges">In the target; copied.</param>
    /// <param name="mostBytes">The most bytes that a joined piece may have.</param>
    public void Plan(ReadOnlySpan<RemoteRange> ranges, int mostBytes)
    {
        if (_ranges.Length < ranges.Length)
        {
            _ranges = new RemoteRange[ranges.Length * 2];
            _pieces = new RemoteRange[ranges.Length * 2];
            _pieceOf = new int[ranges.Length * 2];
            _sources = new int[ranges.Length * 2];
        }

        ranges.CopyTo(_ranges);
        _count = ranges.Length;
        _pieceCount = 0;
        _byteCount = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            _byteCount += (int)ranges[i].Length;
            if (_pieceCount > 0 && TryJoin(_pieces[_pieceCount - 1], ranges[i], (ulong)mostBytes, out RemoteRange joined))
            {
                _pieces[_pieceCount - 1] = joined;
            }
            else
            {
                _pieces[_pieceCount++] = ranges[i];
            }

            _pieceOf[i] = _pieceCount - 1;
        }

        if (_count - _pieceCount < FewestSaved)
        {
            _pieceCount = _count;
            return;
        }

        LayOut();
    }

    /// <summary>Reads the ranges.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="destination">The caller's buffer, at least as long as all the ranges together, which come one behind the other.</param>
    /// <returns>As <see cref="MemoryReader.ReadMany"/>.</returns>
    public int Read(MemoryReader memory, Span<byte> destination)
    {
        // Where a piece cannot be read, only the ranges themselves tell which of them is gone.
        if (_pieceCount == _count || memory.ReadMany(_pieces.AsSpan(0, _pieceCount), _bytes.AsSpan(0, _pieceBytes)) < _pieceBytes)
        {
            return memory.ReadMany(_ranges.AsSpan(0, _count), destination);
        }

        int position = 0;
        for (int i = 0; i < _count; i++)
        {
            int length = (int)_ranges[i].Length;
            _bytes.AsSpan(_sources[i], length).CopyTo(destination[position..]);
            position += length;
        }

        return _byteCount;
    }

    private static bool TryJoin(RemoteRange piece, RemoteRange range, ulong mostBytes, out RemoteRange joined)
    {
        joined = default;
        if (piece.End < piece.Address || range.End < range.Address)
        {
            return false;
        }

        RemoteAddress start = piece.Address < range.Address ? piece.Address : range.Address;
        RemoteAddress end = piece.End > range.End ? piece.End : range.End;
        ulong length = end.Value - start.Value;
        bool isNear = length < piece.Length + range.Length + PageSize;
        joined = new RemoteRange(start, length);
        return isNear && length <= mostBytes;
    }

    private void LayOut()
    {
        _pieceBytes = 0;
        int range = 0;
        for (int piece = 0; piece < _pieceCount; piece++)
        {
            for (; range < _count && _pieceOf[range] == piece; range++)
            {
                _sources[range] = _pieceBytes + (int)(_ranges[range].Address - _pieces[piece].Address);
            }

            _pieceBytes += (int)_pieces[piece].Length;
        }

        if (_bytes.Length < _pieceBytes)
        {
            _bytes = new byte[_pieceBytes * 2];
        }
    }
}
