using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python.Values;

/// <summary>Reads the attributes that instances keep in their <c>__dict__</c>, made or not.</summary>
/// <remarks>
/// Up to 3.10 <c>tp_dictoffset</c> says where the dict is. Later the values may lie in an array without any dict, named by the keys
/// that all instances of the class share (<c>ht_cached_keys</c>): before the object in 3.11 and 3.12, right behind it from
/// 3.13 on (Objects/object_layout.md, Include/internal/pycore_object.h).
/// </remarks>
internal sealed class AttributeReader
{
    private const int TypeBasicSize = 32;
    private const int TypeDictOffset = 288;
    private const ulong InlineValues = 1UL << 2;
    private const ulong ManagedDict = 1UL << 4;

    private readonly MemoryReader _memory;
    private readonly StructOffsets _offsets;
    private readonly DictReader _dicts;
    private readonly PythonStrings _strings;
    private readonly int _shift;
    private readonly List<(RemoteAddress Key, RemoteAddress Value)> _entries = [];

    public AttributeReader(MemoryReader memory, StructOffsets offsets, DictReader dicts, PythonStrings strings)
    {
        _memory = memory;
        _offsets = offsets;
        _dicts = dicts;
        _strings = strings;

        // Everything in a type object moves with the size of PyObject_HEAD.
        _shift = offsets.Objects.VarSize - 16;
    }

    /// <summary>Finds an attribute of an instance by its name.</summary>
    public bool TryGet(RemoteAddress instance, string name, out RemoteAddress value)
    {
        if (TryRead(instance, _entries))
        {
            foreach ((RemoteAddress key, RemoteAddress found) in _entries)
            {
                if (_strings.IsText(key, name))
                {
                    value = found;
                    return true;
                }
            }
        }

        value = default;
        return false;
    }

    /// <summary>Reads the attributes of an instance, as many as a small class has.</summary>
    public bool TryRead(RemoteAddress instance, List<(RemoteAddress Key, RemoteAddress Value)> attributes)
    {
        const int Most = 256;
        attributes.Clear();
        if (!_memory.TryReadAddress(instance + _offsets.Objects.Type, out RemoteAddress type)
            || !_memory.TryRead(type + _offsets.Objects.TypeFlags, out ulong flags))
        {
            return false;
        }

        if (!_offsets.Version.IsAtLeast(3, 11) || (flags & ManagedDict) == 0)
        {
            return _memory.TryRead(type + TypeDictOffset + _shift, out long offset) && offset is > 0 and < 4096
                && _memory.TryReadAddress(instance + offset, out RemoteAddress dict) && !dict.IsNull
                && _dicts.TryRead(dict, Most, attributes, out _);
        }

        RemoteAddress values = FindValues(instance, type, flags, out RemoteAddress managed);
        if (!managed.IsNull)
        {
            return _dicts.TryRead(managed, Most, attributes, out _);
        }

        int cachedKeys = _offsets.Version switch
        {
            { Major: 3, Minor: 11 } => 872,
            { Major: 3, Minor: < 15 } => 880,
            _ => 888,
        };
        return !values.IsNull
            && _memory.TryReadAddress(type + cachedKeys + _shift, out RemoteAddress keys)
            && _dicts.TryReadKeys(keys, values, Most, attributes);
    }

    private RemoteAddress FindValues(RemoteAddress instance, RemoteAddress type, ulong flags, out RemoteAddress dict)
    {
        dict = default;
        RemoteAddress pointer = instance - (_offsets.FreeThreaded ? 8 : 24);
        if (!_memory.TryReadAddress(pointer, out RemoteAddress managed))
        {
            return default;
        }

        if (!_offsets.Version.IsAtLeast(3, 12))
        {
            dict = managed;
            return _memory.TryReadAddress(instance - 32, out RemoteAddress before) ? before : default;
        }

        if (!_offsets.Version.IsAtLeast(3, 13))
        {
            // 3.12: one word for both, and an odd one is the address of the values less one.
            bool isValues = (managed.Value & 1) != 0;
            dict = isValues ? default : managed;
            return isValues ? managed + 1 : default;
        }

        dict = managed;
        return (flags & InlineValues) != 0
            && _memory.TryRead(type + TypeBasicSize + _shift, out long size) && size is > 0 and < 1 << 20
                ? instance + size + 8
                : default;
    }
}
