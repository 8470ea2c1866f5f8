namespace Pyflame.Processes;

/// <summary>Bytes by address, gathered piece by piece; pieces that overlap or touch become one.</summary>
internal sealed class RangeBytes
{
    private readonly SortedDictionary<ulong, byte[]> pages = [];
    private readonly Dictionary<ulong, BitSet> known = [];

    /// <summary>Adds bytes; what was there before is replaced.</summary>
    public void Add(RemoteAddress address, ReadOnlySpan<byte> bytes)
    {
        ulong at = address.Value;
        while (!bytes.IsEmpty)
        {
            ulong page = at & ~(ulong)(BitSet.Length - 1);
            if (!pages.TryGetValue(page, out byte[]? content))
            {
                content = new byte[BitSet.Length];
                pages.Add(page, content);
                known.Add(page, new BitSet());
            }

            int into = (int)(at - page);
            int count = Math.Min(bytes.Length, BitSet.Length - into);
            bytes[..count].CopyTo(content.AsSpan(into));
            known[page].Set(into, count);
            bytes = bytes[count..];
            at = unchecked(at + (ulong)count);
        }
    }

    /// <summary>The ranges, in order of address, none touching another.</summary>
    public (RemoteAddress[] Starts, byte[][] Contents) ToArrays()
    {
        var starts = new List<RemoteAddress>();
        var contents = new List<byte[]>();
        var current = new List<byte>();
        ulong next = 0;
        foreach ((ulong page, byte[] content) in pages)
        {
            BitSet set = known[page];
            for (int from = 0; (from = set.Next(from, true)) < BitSet.Length;)
            {
                int to = set.Next(from, false);
                if (current.Count != 0 && page + (ulong)from != next)
                {
                    contents.Add([.. current]);
                    current.Clear();
                }

                if (current.Count == 0)
                {
                    starts.Add(new RemoteAddress(page + (ulong)from));
                }

                current.AddRange(content.AsSpan(from, to - from));
                next = page + (ulong)to;
                from = to;
            }
        }

        if (current.Count != 0)
        {
            contents.Add([.. current]);
        }

        return ([.. starts], [.. contents]);
    }

    /// <summary>Which bytes of a page are known.</summary>
    private sealed class BitSet
    {
        public const int Length = 4096;

        private readonly ulong[] words = new ulong[Length / 64];

        public void Set(int from, int count)
        {
            for (int i = from; i < from + count; i++)
            {
                words[i >> 6] |= 1UL << (i & 63);
            }
        }

        public int Next(int from, bool value)
        {
            while (from < Length && ((words[from >> 6] >> (from & 63)) & 1) != (value ? 1UL : 0))
            {
                from++;
            }

            return from;
        }
    }
}
