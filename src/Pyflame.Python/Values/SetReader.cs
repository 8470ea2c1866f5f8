using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python.Values;

/// <summary>Reads the elements of <c>set</c> objects, and the objects that a <c>WeakSet</c> refers to.</summary>
/// <remarks>
/// PySetObject (Include/setobject.h): fill, used, mask, table. An entry is key and hash, in 2.x hash and key; what was removed leaves a
/// dummy, whose hash is -1 in 3.x.
/// </remarks>
internal sealed class SetReader
{
    private const int MaxSlots = 1 << 20;
    private const int EntryBytes = 16;

    private readonly MemoryReader _memory;
    private readonly int _first;
    private readonly bool _keyFirst;

    public SetReader(MemoryReader memory, StructOffsets offsets)
    {
        _memory = memory;
        _first = offsets.Objects.VarSize;
        _keyFirst = offsets.Version.Major > 2;
    }

    /// <summary>Reads the elements of a set.</summary>
    /// <param name="set">The set, in the target.</param>
    /// <param name="elements">Receives the elements, behind what it has.</param>
    /// <returns>False where it cannot be read.</returns>
    public bool TryRead(RemoteAddress set, List<RemoteAddress> elements)
    {
        if (!_memory.TryRead(set + _first + 16, out long mask) || mask is < 0 or >= MaxSlots
            || !_memory.TryReadAddress(set + _first + 24, out RemoteAddress table))
        {
            return false;
        }

        const int Block = 64;
        Span<ulong> words = stackalloc ulong[Block * 2];
        for (long i = 0; i <= mask; i += Block)
        {
            int count = (int)Math.Min(Block, mask + 1 - i);
            if (!_memory.TryRead(table + (i * EntryBytes), System.Runtime.InteropServices.MemoryMarshal.AsBytes(words[..(count * 2)])))
            {
                return false;
            }

            for (int j = 0; j < count; j++)
            {
                ulong key = words[(2 * j) + (_keyFirst ? 0 : 1)];
                ulong hash = words[(2 * j) + (_keyFirst ? 1 : 0)];
                if (key != 0 && hash != ulong.MaxValue)
                {
                    elements.Add(new RemoteAddress(key));
                }
            }
        }

        return true;
    }

    /// <summary>Replaces weak references by what they refer to; those that refer to nothing any more are left out.</summary>
    /// <param name="elements">Objects of type <c>weakref</c>.</param>
    /// <param name="from">The first that is one.</param>
    /// <param name="none">Tells <c>None</c>, which is what a dead one refers to.</param>
    public void Follow(List<RemoteAddress> elements, int from, Func<RemoteAddress, bool> none)
    {
        int kept = from;
        for (int i = from; i < elements.Count; i++)
        {
            // wr_object, the first field (Include/weakrefobject.h).
            if (_memory.TryReadAddress(elements[i] + _first, out RemoteAddress target) && !target.IsNull && !none(target))
            {
                elements[kept++] = target;
            }
        }

        elements.RemoveRange(kept, elements.Count - kept);
    }
}
