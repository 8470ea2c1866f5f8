using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python.Values;

/// <summary>Reads the names that the <c>threading</c> module of the target has for its threads.</summary>
/// <remarks>
/// <c>sys.modules['threading']._active</c> maps <c>threading.get_ident()</c>, which is the <c>pthread_t</c>, to <c>Thread</c> objects
/// (Lib/threading.py); their name is <c>_name</c>, in 2.x <c>_Thread__name</c>. A program that never imported <c>threading</c> has none.
/// </remarks>
public sealed class ThreadNames
{
    private const int MaxThreads = 1 << 16;
    private const long StaleMilliseconds = 100;

    private readonly MemoryReader _memory;
    private readonly StructOffsets _offsets;
    private readonly PythonStrings _strings;
    private readonly DictReader _dicts;
    private readonly ImportedModules _modules;
    private readonly AttributeReader _attributes;
    private readonly List<(RemoteAddress Key, RemoteAddress Value)> _entries = [];
    private readonly Dictionary<RemoteAddress, RemoteAddress> _activeByInterpreter = [];
    private readonly Dictionary<(RemoteAddress Interpreter, ulong Ident), RemoteAddress> _threads = [];
    private long _readAt = long.MinValue / 2;

    /// <summary>Reads the names of one runtime.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="offsets">The layout of its interpreter.</param>
    /// <param name="strings">Reads its strings.</param>
    public ThreadNames(MemoryReader memory, StructOffsets offsets, PythonStrings strings)
    {
        _memory = memory;
        _offsets = offsets;
        _strings = strings;
        _dicts = new DictReader(memory, offsets);
        _modules = new ImportedModules(memory, offsets, _dicts, strings);
        _attributes = new AttributeReader(memory, offsets, _dicts, strings);
    }

    /// <summary>Finds the name of a thread.</summary>
    /// <param name="interpreter">The thread's <c>PyInterpreterState</c>, in the target.</param>
    /// <param name="pthreadId">The thread's <c>thread_id</c>.</param>
    /// <returns>The name; null where <c>threading</c> does not know the thread, or not yet.</returns>
    public string? Find(RemoteAddress interpreter, ulong pthreadId)
    {
        // An identifier is used again by a later thread, so what was read is not believed for long.
        long now = Environment.TickCount64;
        if (now - _readAt > StaleMilliseconds || !_threads.ContainsKey((interpreter, pthreadId)))
        {
            _readAt = now;
            ReadActive(interpreter);
        }

        string attribute = _offsets.Version.Major == 2 ? "_Thread__name" : "_name";
        return _threads.TryGetValue((interpreter, pthreadId), out RemoteAddress thread)
            && _attributes.TryGet(thread, attribute, out RemoteAddress name) && _strings.TryRead(name, out string text)
                ? text
                : null;
    }

    private void ReadActive(RemoteAddress interpreter)
    {
        _threads.Clear();
        if (!TryFindActive(interpreter, out RemoteAddress active))
        {
            return;
        }

        if (!_dicts.TryRead(active, MaxThreads, _entries, out _))
        {
            // Another interpreter may have taken the place of one that ended.
            _activeByInterpreter.Remove(interpreter);
            return;
        }

        foreach ((RemoteAddress key, RemoteAddress thread) in _entries)
        {
            if (IntegerReader.TryRead(_memory, _offsets, key, out ulong ident))
            {
                _threads[(interpreter, ident)] = thread;
            }
        }
    }

    private bool TryFindActive(RemoteAddress interpreter, out RemoteAddress active)
    {
        if (_activeByInterpreter.TryGetValue(interpreter, out active))
        {
            return true;
        }

        if (_modules.TryFindGlobals(interpreter, "threading", out RemoteAddress globals)
            && _dicts.TryFind(globals, "_active", _strings, out active))
        {
            _activeByInterpreter.Add(interpreter, active);
            return true;
        }

        return false;
    }
}
