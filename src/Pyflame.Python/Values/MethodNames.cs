using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python.Values;

/// <summary>Finds the qualified names of methods before 3.11, where code objects do not have them.</summary>
/// <remarks>
/// The first argument leads to the class: <c>self</c> is an instance of it, <c>cls</c> the class. Of the classes of its MRO the one is meant that has
/// a function with this code object in its <c>__dict__</c>, so that what is found is right even where the argument was read while it changed.
/// From 3.3 on that function knows its qualified name. Names are interned by the compiler, so that they are compared by address.
/// </remarks>
public sealed class MethodNames
{
    private const int MaxClasses = 64;
    private const int MaxMembers = 4096;

    // PyTypeObject (Include/object.h up to 3.7, Include/cpython/object.h), the same from 2.6 to 3.10.
    private const int TypeDict = 264;
    private const int TypeMro = 344;
    private const ulong TypeSubclass = 1UL << 31;

    private readonly MemoryReader _memory;
    private readonly StructOffsets _offsets;
    private readonly ValueRenderer _values;
    private readonly PythonStrings _strings;
    private readonly DictReader _dicts;
    private readonly int _more;
    private readonly int _functionCode;
    private readonly int _functionName;
    private readonly List<(RemoteAddress Key, RemoteAddress Value)> _entries = [];
    private readonly List<RemoteAddress> _classes = [];

    /// <summary>Looks in one interpreter.</summary>
    public MethodNames(MemoryReader memory, StructOffsets offsets, ValueRenderer values, PythonStrings strings)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        _memory = memory;
        _offsets = offsets;
        _values = values;
        _strings = strings;
        _dicts = new DictReader(memory, offsets);
        _more = offsets.Objects.VarSize - 16;

        // func_code and func_qualname of PyFunctionObject (Include/funcobject.h, 3.10: Include/cpython/funcobject.h).
        (int code, int name) = offsets.Version.IsAtLeast(3, 10) ? (48, 40) : offsets.Version.IsAtLeast(3, 3) ? (16, 104) : (16, 0);
        _functionCode = code + _more;
        _functionName = name == 0 ? 0 : name + _more;
    }

    /// <summary>Whether code objects of a version are without qualified names.</summary>
    public static bool AreNeeded(PythonVersion version) => !version.IsAtLeast(3, 11);

    /// <summary>Whether a function looks like a method: its first argument is called <c>self</c>, <c>cls</c> or the like.</summary>
    public static bool MayFind(CodeObject code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return code.ArgumentCount > 0 && code.LocalNames.Count > 0 && code.LocalNames[0] is "self" or "cls" or "mcs" or "metacls";
    }

    /// <summary>The qualified name of the function that a frame runs.</summary>
    /// <param name="frame">The frame, in the target.</param>
    /// <param name="code">Its code object.</param>
    /// <returns>Such as <c>Server.handle</c>; null where the function is no method, or none that can be told.</returns>
    public string? TryFind(RemoteAddress frame, CodeObject code)
    {
        if (!MayFind(code) || !TryReadFirst(frame, code, out RemoteAddress first))
        {
            return null;
        }

        FindClasses(first);
        foreach (RemoteAddress type in _classes)
        {
            if (TryFindIn(type, code) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    // What a closure shares lies in a cell, behind the locals.
    private bool TryReadFirst(RemoteAddress frame, CodeObject code, out RemoteAddress first)
    {
        RemoteAddress locals = frame + _offsets.Frame.LocalsPlus;
        if (!_memory.TryReadAddress(locals, out first))
        {
            return false;
        }

        for (int i = code.LocalCount; first.IsNull && i < code.LocalNames.Count; i++)
        {
            if (code.LocalNames[i] == code.LocalNames[0]
                && (!_memory.TryReadAddress(locals + (i * 8L), out RemoteAddress cell) || cell.IsNull
                    || !_memory.TryReadAddress(cell + _offsets.Objects.VarSize, out first)))
            {
                return false;
            }
        }

        return !first.IsNull;
    }

    private void FindClasses(RemoteAddress first)
    {
        _classes.Clear();
        string kind = _values.TypeName(first);
        if (_offsets.Version.Major == 2 && kind is "instance" or "classobj")
        {
            // PyInstanceObject begins with its class (Include/classobject.h of 2.x).
            AddOld(kind == "classobj" || !_memory.TryReadAddress(first + _offsets.Objects.VarSize, out RemoteAddress oldClass) ? first : oldClass);
            return;
        }

        if (!_memory.TryReadAddress(first + _offsets.Objects.Type, out RemoteAddress type))
        {
            return;
        }

        if (_memory.TryRead(type + _offsets.Objects.TypeFlags, out ulong flags) && (flags & TypeSubclass) != 0)
        {
            AddMro(first);
        }

        AddMro(type);
    }

    private void AddMro(RemoteAddress type)
    {
        if (!_memory.TryReadAddress(type + TypeMro + _more, out RemoteAddress mro))
        {
            return;
        }

        for (int i = 0; i < Count(mro) && _memory.TryReadAddress(mro + _offsets.Objects.TupleItems + (i * 8L), out RemoteAddress entry); i++)
        {
            _classes.Add(entry);
        }
    }

    // PyClassObject: cl_bases, cl_dict, cl_name. Depth first, as attributes of old classes are looked up.
    private void AddOld(RemoteAddress oldClass)
    {
        if (_classes.Count >= MaxClasses)
        {
            return;
        }

        _classes.Add(oldClass);
        if (_memory.TryReadAddress(oldClass + _offsets.Objects.VarSize, out RemoteAddress bases))
        {
            for (int i = 0; i < Count(bases) && _memory.TryReadAddress(bases + _offsets.Objects.TupleItems + (i * 8L), out RemoteAddress entry); i++)
            {
                AddOld(entry);
            }
        }
    }

    private int Count(RemoteAddress tuple) =>
        !tuple.IsNull && _memory.TryRead(tuple + _offsets.Objects.VarSize, out long count) && count is > 0 and <= MaxClasses ? (int)count : 0;

    private string? TryFindIn(RemoteAddress type, CodeObject code)
    {
        bool isOld = _offsets.Version.Major == 2 && _values.TypeName(type) == "classobj";
        RemoteAddress dictAt = isOld ? type + _offsets.Objects.VarSize + 8 : type + TypeDict + _more;
        if (!_memory.TryReadAddress(dictAt, out RemoteAddress dict) || dict.IsNull || !_dicts.TryRead(dict, MaxMembers, _entries, out _))
        {
            return null;
        }

        // A private name is another string in the dict: _Class__name.
        bool isPrivate = code.Name.StartsWith("__", StringComparison.Ordinal) && !code.Name.EndsWith("__", StringComparison.Ordinal);
        foreach ((RemoteAddress key, RemoteAddress value) in _entries)
        {
            if ((key == code.Identity.Name || isPrivate) && FindFunction(value, code) is { IsNull: false } function)
            {
                return NameOf(function, type, isOld, code);
            }
        }

        return null;
    }

    // The function itself, or what a classmethod or property is made of (cm_callable; prop_get, prop_set, prop_del).
    private RemoteAddress FindFunction(RemoteAddress value, CodeObject code)
    {
        int wrapped = _values.TypeName(value) switch
        {
            "function" => 0,
            "classmethod" or "staticmethod" => 1,
            "property" => 3,
            _ => -1,
        };
        if (wrapped == 0)
        {
            return IsOf(value, code) ? value : default;
        }

        for (int i = 0; i < wrapped; i++)
        {
            if (_memory.TryReadAddress(value + _offsets.Objects.VarSize + (i * 8L), out RemoteAddress function) && IsOf(function, code))
            {
                return function;
            }
        }

        return default;
    }

    private bool IsOf(RemoteAddress function, CodeObject code) =>
        !function.IsNull && _memory.TryReadAddress(function + _functionCode, out RemoteAddress own) && own == code.Address;

    private string? NameOf(RemoteAddress function, RemoteAddress type, bool isOld, CodeObject code)
    {
        if (_functionName != 0)
        {
            return _memory.TryReadAddress(function + _functionName, out RemoteAddress qualified) && _strings.TryRead(qualified, out string name)
                ? name : null;
        }

        if (isOld)
        {
            return _memory.TryReadAddress(type + _offsets.Objects.VarSize + 16, out RemoteAddress text) && _strings.TryRead(text, out string own)
                ? $"{own}.{code.Name}" : null;
        }

        Span<byte> bytes = stackalloc byte[128];
        if (!_memory.TryReadAddress(type + _offsets.Objects.TypeName, out RemoteAddress typeName) || !_memory.TryRead(typeName, bytes))
        {
            return null;
        }

        int end = bytes.IndexOf((byte)0);
        return end > 0 ? $"{PythonStrings.Decode(bytes[..end])}.{code.Name}" : null;
    }
}
