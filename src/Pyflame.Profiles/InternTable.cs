using System.Numerics;

namespace Pyflame.Profiles;

/// <summary>Gives equal values one index, counted from zero in the order of their first appearance.</summary>
/// <remarks>
/// Open addressing with linear probing: finding a value that is known reads two arrays and allocates nothing, which is what
/// the sampling loop does at every frame. Values are never removed. Not safe for use by two threads at once.
/// </remarks>
internal sealed class InternTable<T>
    where T : struct, IEquatable<T>
{
    private const int FewestValues = 32;

    // Each slot holds an index plus one, so that a cleared array is an empty table. At most three in four are taken.
    private T[] _values;
    private int[] _slots;
    private int _count;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">How many values it takes at least before it grows; while it grows it takes the room of both sizes.</param>
    public InternTable(int capacity = FewestValues)
    {
        int values = Math.Max(FewestValues, capacity);
        _values = new T[values];
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)(values + (values / 3) + 1))];
    }

    public int Count => _count;

    public ref readonly T this[int index] => ref _values.AsSpan(0, _count)[index];

    /// <summary>The index of the value, which is added where it is new.</summary>
    public int Intern(in T value)
    {
        int[] slots = _slots;
        for (int slot = SlotOf(value, slots.Length); ; slot = (slot + 1) & (slots.Length - 1))
        {
            int index = slots[slot] - 1;
            if (index < 0)
            {
                return Append(value, slot);
            }

            if (_values[index].Equals(value))
            {
                return index;
            }
        }
    }

    /// <summary>The index of the value, or -1 where it is not in the table.</summary>
    public int Find(in T value)
    {
        int[] slots = _slots;
        for (int slot = SlotOf(value, slots.Length); ; slot = (slot + 1) & (slots.Length - 1))
        {
            int index = slots[slot] - 1;
            if (index < 0 || _values[index].Equals(value))
            {
                return index;
            }
        }
    }

    private static int SlotOf(in T value, int slots)
    {
        // Fibonacci hashing: ids are small and dense, and only the high bits of the product are well mixed.
        ulong product = (uint)value.GetHashCode() * 0x9E3779B97F4A7C15UL;
        return (int)(product >> 32) & (slots - 1);
    }

    private int Append(in T value, int slot)
    {
        int index = _count;
        if (index == _values.Length)
        {
            Array.Resize(ref _values, _values.Length + (_values.Length / 2));
        }

        if (index >= _slots.Length - (_slots.Length / 4))
        {
            GrowSlots();
            slot = FreeSlot(value);
        }

        _values[index] = value;
        _slots[slot] = index + 1;
        _count = index + 1;
        return index;
    }

    private void GrowSlots()
    {
        _slots = new int[_slots.Length * 2];
        for (int index = 0; index < _count; index++)
        {
            _slots[FreeSlot(_values[index])] = index + 1;
        }
    }

    private int FreeSlot(in T value)
    {
        int slot = SlotOf(value, _slots.Length);
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return slot;
    }
}
