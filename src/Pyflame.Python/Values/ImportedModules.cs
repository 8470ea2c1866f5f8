using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python.Values;

/// <summary>Looks modules up in the <c>sys.modules</c> of an interpreter, which takes some hundred reads where there are many.</summary>
internal sealed class ImportedModules
{
    private readonly MemoryReader _memory;
    private readonly StructOffsets _offsets;
    private readonly DictReader _dicts;
    private readonly PythonStrings _strings;

    /// <summary>Looks in the interpreters of one runtime.</summary>
    public ImportedModules(MemoryReader memory, StructOffsets offsets, DictReader dicts, PythonStrings strings)
    {
        _memory = memory;
        _offsets = offsets;
        _dicts = dicts;
        _strings = strings;
    }

    /// <summary>Whether an interpreter has imported a module.</summary>
    /// <param name="interpreter">The <c>PyInterpreterState</c>, in the target.</param>
    /// <param name="name">The module's full name.</param>
    public bool Contain(RemoteAddress interpreter, string name) => TryFind(interpreter, name, out _);

    /// <summary>Finds the dict of a module's globals.</summary>
    /// <param name="interpreter">The <c>PyInterpreterState</c>, in the target.</param>
    /// <param name="name">The module's full name.</param>
    /// <param name="globals">The dict, in the target.</param>
    /// <returns>False where the interpreter has not imported it, or cannot be read.</returns>
    public bool TryFindGlobals(RemoteAddress interpreter, string name, out RemoteAddress globals)
    {
        globals = default;

        // PyModuleObject begins with md_dict in every version (Include/internal/pycore_moduleobject.h, before 3.10 Objects/moduleobject.c).
        return TryFind(interpreter, name, out RemoteAddress module)
            && _memory.TryReadAddress(module + _offsets.Objects.VarSize, out globals);
    }

    private bool TryFind(RemoteAddress interpreter, string name, out RemoteAddress module)
    {
        module = default;
        return _memory.TryReadAddress(interpreter + _offsets.InterpreterState.Modules, out RemoteAddress modules)
            && _dicts.TryFind(modules, name, _strings, out module);
    }
}
