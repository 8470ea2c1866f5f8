namespace Pyflame.Profiles;

/// <summary>A number for each index; zero until it is set. Takes room only near the indexes that have one.</summary>
internal sealed class SparseNumbers
{
    private const int PageBits = 10;
    private const int PageMask = (1 << PageBits) - 1;

    private int[]?[] _pages = [];

    /// <summary>The number of an index that is not negative.</summary>
    public int this[int index]
    {
        get
        {
            int page = index >> PageBits;
            return page < _pages.Length && _pages[page] is { } numbers ? numbers[index & PageMask] : 0;
        }

        set
        {
            int page = index >> PageBits;
            if (page >= _pages.Length)
            {
                Array.Resize(ref _pages, Math.Max(page + 1, _pages.Length * 2));
            }

            (_pages[page] ??= new int[PageMask + 1])[index & PageMask] = value;
        }
    }
}
