using System.Globalization;
using Pyflame.Processes;
using Pyflame.Python.Layout;
using Pyflame.Python.Values;

namespace Pyflame.Python.Tasks;

/// <summary>Reads the tasks of <c>asyncio</c> from the target's memory.</summary>
/// <remarks>
/// Where they are listed: up to 3.11 in <c>asyncio.tasks._all_tasks</c>, a <c>WeakSet</c>; then in <c>_scheduled_tasks</c>, a
/// <c>WeakSet</c>, and <c>_eager_tasks</c>, a <c>set</c>; from 3.14 on tasks of C in a list of their thread, and those of other classes in the sets
/// (Lib/asyncio/tasks.py, Modules/_asynciomodule.c). A task written in Python has its fields in its <c>__dict__</c>.
/// </remarks>
public sealed class TaskReader
{
    private const string ModuleName = "asyncio.tasks";
    private const int MaxTasks = 1 << 18;
    private const int MaxAwaited = 1 << 16;
    private const int MaxLoops = 4096;
    private const long LookAgainMilliseconds = 1000;

    private readonly MemoryReader _memory;
    private readonly StructOffsets _offsets;
    private readonly PythonRuntime _runtime;
    private readonly PythonStrings _strings;
    private readonly ValueRenderer _values;
    private readonly DictReader _dicts;
    private readonly ImportedModules _modules;
    private readonly AttributeReader _attributes;
    private readonly SetReader _sets;
    private readonly FrameVariables _variables;
    private readonly List<RemoteAddress> _found = [];
    private readonly HashSet<RemoteAddress> _seen = [];
    private readonly List<(RemoteAddress Key, RemoteAddress Value)> _entries = [];
    private readonly Dictionary<RemoteAddress, RemoteAddress> _current = [];
    private TaskOffsets _task;
    private long _lookAgainAt;

    /// <summary>Reads the tasks of one runtime.</summary>
    public TaskReader(PythonRuntime runtime, PythonStrings strings, ValueRenderer values)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        _runtime = runtime;
        _memory = runtime.Memory;
        _offsets = runtime.Offsets;
        _task = TaskOffsets.Of(runtime);
        _strings = strings;
        _values = values;
        _dicts = new DictReader(_memory, _offsets);
        _modules = new ImportedModules(_memory, _offsets, _dicts, strings);
        _attributes = new AttributeReader(_memory, _offsets, _dicts, strings);
        _sets = new SetReader(_memory, _offsets);
        _variables = new FrameVariables(_memory, _offsets, values);
    }

    /// <summary>Reads all tasks of an interpreter that have not ended, and perhaps some that have.</summary>
    /// <param name="interpreter">The interpreter.</param>
    /// <param name="threadStates">Its thread states.</param>
    public IReadOnlyList<AsyncioTask> ReadAll(in InterpreterState interpreter, IEnumerable<RemoteAddress> threadStates)
    {
        ArgumentNullException.ThrowIfNull(threadStates);
        _found.Clear();
        if (!_modules.TryFindGlobals(interpreter.Address, ModuleName, out RemoteAddress globals))
        {
            return [];
        }

        foreach (string name in _offsets.Version.IsAtLeast(3, 12) ? new[] { "_scheduled_tasks", "_eager_tasks" } : ["_all_tasks"])
        {
            if (_dicts.TryFind(globals, name, _strings, out RemoteAddress set))
            {
                AddSet(set);
            }
        }

        if (_task.Node >= 0)
        {
            AddList(interpreter.Address + _task.HeadInInterpreter);
            foreach (RemoteAddress thread in threadStates)
            {
                AddList(thread + _task.HeadInThread);
            }
        }

        _seen.Clear();
        var tasks = new List<AsyncioTask>();
        foreach (RemoteAddress address in _found)
        {
            if (_seen.Add(address) && TryRead(address) is { } task)
            {
                tasks.Add(task);
            }
        }

        return tasks;
    }

    /// <summary>Reads which tasks run: from 3.14 on that of one thread, before those of all event loops.</summary>
    /// <param name="threadState">The thread, in the target.</param>
    /// <param name="tasks">Receives the tasks. Nothing is allocated once asyncio was found.</param>
    public void ReadRunning(RemoteAddress threadState, List<RemoteAddress> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        if (_offsets.Version.IsAtLeast(3, 14))
        {
            // A program may import asyncio at any time; where its tasks are stands in its own library.
            if (_task.RunningInThread < 0 && IsTimeToLookAgain())
            {
                _task = TaskOffsets.Of(_runtime);
            }

            if (_task.RunningInThread >= 0
                && _memory.TryReadAddress(threadState + _task.RunningInThread, out RemoteAddress running) && !running.IsNull)
            {
                tasks.Add(running);
            }

            return;
        }

        if (!TryFindCurrent(threadState, out RemoteAddress interpreter, out RemoteAddress current))
        {
            return;
        }

        if (_dicts.TryRead(current, MaxLoops, _entries, out _))
        {
            foreach ((_, RemoteAddress task) in _entries)
            {
                tasks.Add(task);
            }
        }

        // While asyncio.tasks is imported it has a dict of its own, which that of C takes the place of.
        if (tasks.Count == 0 && Environment.TickCount64 >= _lookAgainAt)
        {
            _current.Remove(interpreter);
        }
    }

    /// <summary>Reads what tells a task from a later one at the same address.</summary>
    public bool TryReadIdentity(RemoteAddress address, out TaskIdentity identity)
    {
        identity = default;
        if (!_memory.TryReadAddress(address + _task.Coroutine, out RemoteAddress coroutine))
        {
            return false;
        }

        if (_task.Name < 0 || !_memory.TryReadAddress(address + _task.Name, out RemoteAddress name) || name.IsNull)
        {
            identity = new TaskIdentity(coroutine, default, 0, 0);
            return true;
        }

        // The words behind PyObject_HEAD: the length, hash and state of a string, and its first characters; or an int.
        _memory.TryRead(name + _offsets.Objects.VarSize, out UInt128 first);
        _memory.TryRead(name + _offsets.Objects.VarSize + 16, out UInt128 second);
        identity = new TaskIdentity(coroutine, name, first, second);
        return true;
    }

    /// <summary>Reads the fields of a task.</summary>
    /// <returns>Null where there is none that can be read.</returns>
    public AsyncioTask? TryRead(RemoteAddress address)
    {
        if (_attributes.TryGet(address, "_coro", out RemoteAddress coroutine))
        {
            _attributes.TryGet(address, "_name", out RemoteAddress nameInDict);
            _attributes.TryGet(address, "_loop", out RemoteAddress loopInDict);
            return new AsyncioTask(address, NameOf(nameInDict), coroutine, loopInDict);
        }

        RemoteAddress name = default;
        return _memory.TryReadAddress(address + _task.Coroutine, out coroutine) && !coroutine.IsNull
            && _memory.TryReadAddress(address + _task.Loop, out RemoteAddress loop)
            && (_task.Name < 0 || _memory.TryReadAddress(address + _task.Name, out name))
                ? new AsyncioTask(address, NameOf(name), coroutine, loop)
                : null;
    }

    /// <summary>The tasks among some objects that something awaits: itself, or what <c>gather</c> gathers.</summary>
    /// <param name="awaited">What a coroutine awaits, in the target.</param>
    /// <param name="known">All tasks.</param>
    /// <param name="tasks">Receives those tasks.</param>
    public void ReadAwaited(RemoteAddress awaited, IReadOnlySet<RemoteAddress> known, ICollection<RemoteAddress> tasks)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(tasks);
        if (known.Contains(awaited))
        {
            tasks.Add(awaited);
        }
        else if (!awaited.IsNull && _attributes.TryGet(awaited, "_children", out RemoteAddress children))
        {
            AddKnown(children, known, tasks);
        }
    }

    /// <summary>
    /// The tasks that a function of <c>asyncio</c> waits for by a future of its own: those in the variables of its frame, and those of a
    /// <c>TaskGroup</c>.
    /// </summary>
    /// <param name="frame">The innermost frame of a coroutine, in the target.</param>
    /// <param name="code">Its code.</param>
    /// <param name="known">All tasks.</param>
    /// <param name="tasks">Receives those tasks.</param>
    public void ReadAwaitedByAsyncio(RemoteAddress frame, CodeObject code, IReadOnlySet<RemoteAddress> known, ICollection<RemoteAddress> tasks)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(tasks);
        if (!code.FileName.Contains("/asyncio/", StringComparison.Ordinal))
        {
            return;
        }

        foreach (FrameVariable variable in _variables.Read(frame, code))
        {
            if (variable.Name is "fut" or "fs" or "inner" && !known.Contains(variable.Value))
            {
                AddKnown(variable.Value, known, tasks);
            }
            else if (variable.Name is "fut" or "fs" or "inner")
            {
                tasks.Add(variable.Value);
            }
            else if (variable.Name == "self" && _attributes.TryGet(variable.Value, "_tasks", out RemoteAddress group))
            {
                AddKnown(group, known, tasks);
            }
        }
    }

    /// <summary>The <c>threading.get_ident()</c> of the thread that runs an event loop; 0 where it does not run or does not tell.</summary>
    public ulong ThreadOf(RemoteAddress loop) =>
        !loop.IsNull && _attributes.TryGet(loop, "_thread_id", out RemoteAddress ident) && IntegerReader.TryRead(_memory, _offsets, ident, out ulong id)
            ? id : 0;

    /// <summary>The type of what a coroutine awaits, such as <c>Future</c>.</summary>
    public string TypeOf(RemoteAddress awaited)
    {
        string type = _values.TypeName(awaited);
        return type[(type.LastIndexOf('.') + 1)..];
    }

    private string? NameOf(RemoteAddress name)
    {
        if (name.IsNull)
        {
            return null;
        }

        // From 3.12 on a name of asyncio's own is a number until somebody asks for it.
        return _strings.TryRead(name, out string text) ? text
            : IntegerReader.TryRead(_memory, _offsets, name, out ulong number) ? string.Create(CultureInfo.InvariantCulture, $"Task-{number}")
            : null;
    }

    private bool TryFindCurrent(RemoteAddress threadState, out RemoteAddress interpreter, out RemoteAddress current)
    {
        current = default;
        if (!_memory.TryReadAddress(threadState + _offsets.ThreadState.Interp, out interpreter))
        {
            return false;
        }

        if (_current.TryGetValue(interpreter, out current))
        {
            return true;
        }

        if (IsTimeToLookAgain() && _modules.TryFindGlobals(interpreter, ModuleName, out RemoteAddress globals)
            && _dicts.TryFind(globals, "_current_tasks", _strings, out current))
        {
            _current.Add(interpreter, current);
            return true;
        }

        return false;
    }

    // Looking through sys.modules is dear, and most coroutines that are no task's are of programs without asyncio.
    private bool IsTimeToLookAgain()
    {
        long now = Environment.TickCount64;
        if (now < _lookAgainAt)
        {
            return false;
        }

        _lookAgainAt = now + LookAgainMilliseconds;
        return true;
    }

    private void AddSet(RemoteAddress set)
    {
        if (_values.TypeName(set) == "set")
        {
            _sets.TryRead(set, _found);
        }
        else if (_attributes.TryGet(set, "data", out RemoteAddress references))
        {
            int from = _found.Count;
            _sets.TryRead(references, _found);
            _sets.Follow(_found, from, target => _values.TypeName(target) == "NoneType");
        }
    }

    // A circle of nodes through the tasks, which begins and ends with the head.
    private void AddList(RemoteAddress head)
    {
        RemoteAddress node = head;
        for (int i = 0; i < MaxTasks && _memory.TryReadAddress(node, out node) && node != head && !node.IsNull; i++)
        {
            _found.Add(node - _task.Node);
        }
    }

    private void AddKnown(RemoteAddress collection, IReadOnlySet<RemoteAddress> known, ICollection<RemoteAddress> tasks)
    {
        var elements = new List<RemoteAddress>();
        switch (_values.TypeName(collection))
        {
            case "set":
                _sets.TryRead(collection, elements);
                break;
            case "dict":
                if (_dicts.TryRead(collection, MaxAwaited, _entries, out _))
                {
                    elements.AddRange(_entries.Select(entry => entry.Key));
                }

                break;
            case "list" or "tuple" when _memory.TryRead(collection + _offsets.Objects.VarSize, out long count) && count is >= 0 and < MaxAwaited:
                RemoteAddress items = collection + _offsets.Objects.TupleItems;
                bool isList = _values.TypeName(collection) == "list";
                if (isList && !_memory.TryReadAddress(collection + _offsets.Objects.ListItems, out items))
                {
                    break;
                }

                for (long i = 0; i < count && _memory.TryReadAddress(items + (i * 8), out RemoteAddress item); i++)
                {
                    elements.Add(item);
                }

                break;
        }

        foreach (RemoteAddress element in elements)
        {
            if (known.Contains(element) && !tasks.Contains(element))
            {
                tasks.Add(element);
            }
        }
    }
}
