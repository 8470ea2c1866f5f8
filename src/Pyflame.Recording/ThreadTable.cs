using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Python.Values;
using ThreadState = Pyflame.Python.ThreadState;

namespace Pyflame.Recording;

/// <summary>The Python threads of a process, as far as they were met.</summary>
internal sealed class ThreadTable
{
    // Each look costs some reads, and most threads that have no name never get one.
    private const int MostUnnamed = 64;
    private const int TriesForName = 20;

    // A thread may be left out of the kernel's list where others end while that is read.
    private const int MostUnmatched = 64;
    private const int TriesToMatch = 20;

    /// <summary>The most threads that one process is followed in.</summary>
    public const int MaxThreads = 65_536;

    private readonly TargetProcess _target;
    private readonly PythonRuntime _runtime;
    private readonly Profile _profile;
    private readonly int _processIndex;
    private readonly Dictionary<RemoteAddress, ThreadStack> _threads = [];
    private readonly byte[] _threadState;
    private readonly ThreadNames? _names;
    private readonly CodeObjectCache? _codes;
    private readonly List<UnnamedThread> _unnamed = [];
    private readonly List<UnmatchedThread> _unmatched = [];
    private readonly InterpreterState[] _interpreters = new InterpreterState[InterpreterTable.MaxInterpreters];
    private RemoteAddress _mainInterpreter;
    private NativeThread[] _native = [];
    private ProfiledThreadId? _idleThread;
    private ProfiledThreadId? _idleWithoutThread;

    public ThreadTable(TargetProcess target, PythonRuntime runtime, Profile profile, int processIndex, bool readNames, CodeObjectCache? codes = null)
    {
        _codes = codes;
        _target = target;
        _runtime = runtime;
        _profile = profile;
        _processIndex = processIndex;
        _names = !readNames ? null : new ThreadNames(runtime.Memory, runtime.Offsets, new PythonStrings(runtime.Memory, runtime.Offsets));
        _threadState = new byte[ThreadState.SizeOf(runtime.Offsets.ThreadState)];
    }

    /// <summary>The thread whose thread state lies at an address, met for the first time or not; null where none can be read.</summary>
    public ThreadStack? Get(RemoteAddress address)
    {
        if (_threads.TryGetValue(address, out ThreadStack? known))
        {
            return known;
        }

        if (!_runtime.Memory.TryRead(address, _threadState))
        {
            return null;
        }

        var state = new ThreadState(_threadState, _runtime.Offsets.ThreadState);
        NativeThread native = FindNative(state);
        var id = new ProfiledThreadId(_profile.Threads.Count);
        string? name = FindName(state.Interpreter, state.PthreadId);
        if (_names is not null && name is null && _unnamed.Count < MostUnnamed)
        {
            _unnamed.Add(new UnnamedThread(id, state.Interpreter, state.PthreadId, TriesForName));
        }

        bool isMain = native.Id == _target.ProcessId;
        _profile.Threads.Add(new ProfiledThread(id, _processIndex, native.Id, name ?? KernelName(native, isMain), isMain));
        var thread = new ThreadStack(_runtime.Offsets, _codes, address, state.UniqueId, state.PthreadId, id) { OsThreadId = native.Id };
        _threads.Add(address, thread);
        if (native.Id == 0 && _unmatched.Count < MostUnmatched)
        {
            _unmatched.Add(new UnmatchedThread(thread, TriesToMatch));
        }

        return thread;
    }

    /// <summary>The thread that stands for all where none holds the GIL: the first that was met, else the newest, else the main one.</summary>
    public ProfiledThreadId IdleThread
    {
        get
        {
            if (_idleThread is { } known)
            {
                return known;
            }

            Span<InterpreterState> interpreters = new InterpreterState[1];
            ThreadStack? thread = _threads.Values.FirstOrDefault();
            if (thread is null
                && _runtime.ReadInterpreters(interpreters) > 0
                && _runtime.Memory.TryReadAddress(
                    interpreters[0].Address + _runtime.Offsets.InterpreterState.ThreadsHead, out RemoteAddress head)
                && !head.IsNull)
            {
                thread = Get(head);
            }

            // Of a process that only begins, or is about to end, none can be read; a sample needs a thread all the same.
            _idleThread = thread?.Id;
            return _idleThread ?? (_idleWithoutThread ??= AddUnknownThread());
        }
    }

    /// <summary>Forgets a thread that has ended.</summary>
    public void Remove(ThreadStack thread) => _threads.Remove(thread.Reader.ThreadStateAddress);

    /// <summary>Follows the list of an interpreter's threads, newest first.</summary>
    /// <param name="head">Its first thread state.</param>
    /// <param name="destination">Receives the threads.</param>
    public void ReadList(RemoteAddress head, List<ThreadStack> destination)
    {
        RemoteAddress address = head;
        int from = destination.Count;
        while (!address.IsNull && destination.Count - from < MaxThreads)
        {
            if (Get(address) is not { } thread
                || !_runtime.Memory.TryReadAddress(address + _runtime.Offsets.ThreadState.Next, out RemoteAddress next)
                || next == head)
            {
                return;
            }

            destination.Add(thread);
            address = next;
        }
    }

    /// <summary>Looks again for what threads did not have when they were met: their place among those of the kernel, and their names.</summary>
    public void ReadMissing()
    {
        // A program may end its interpreter and begin another.
        _mainInterpreter = default;
        MatchAgain();
        ReadMissingNames();
    }

    private void MatchAgain()
    {
        for (int i = _unmatched.Count - 1; i >= 0; i--)
        {
            (ThreadStack thread, int tries) = _unmatched[i];
            if (_threads.GetValueOrDefault(thread.Reader.ThreadStateAddress) == thread
                && _runtime.Memory.TryRead(thread.Reader.ThreadStateAddress, _threadState)
                && new ThreadState(_threadState, _runtime.Offsets.ThreadState) is var state
                && thread.IsSame(state)
                && FindNative(state) is { Id: not 0 and var id } native)
            {
                thread.OsThreadId = id;
                ProfiledThread known = _profile.Threads[thread.Id.Value];
                bool isMain = id == _target.ProcessId;
                _profile.Threads[thread.Id.Value] = known with { OsThreadId = id, IsMain = isMain, Name = known.Name ?? KernelName(native, isMain) };
            }

            if (thread.OsThreadId != 0 || tries == 0)
            {
                _unmatched.RemoveAt(i);
            }
            else
            {
                _unmatched[i] = new UnmatchedThread(thread, tries - 1);
            }
        }
    }

    /// <summary>
    /// Looks again for the names of threads that had none: a thread runs before <c>threading</c> knows it, and a program may import
    /// <c>threading</c> at any time.
    /// </summary>
    private void ReadMissingNames()
    {
        for (int i = _unnamed.Count - 1; i >= 0; i--)
        {
            UnnamedThread thread = _unnamed[i];
            string? name = FindName(thread.Interpreter, thread.PthreadId);
            if (name is not null)
            {
                _profile.Threads[thread.Id.Value] = _profile.Threads[thread.Id.Value] with { Name = name };
            }

            if (name is not null || thread.Tries == 0)
            {
                _unnamed.RemoveAt(i);
            }
            else
            {
                _unnamed[i] = thread with { Tries = thread.Tries - 1 };
            }
        }
    }

    private ProfiledThreadId AddUnknownThread()
    {
        var id = new ProfiledThreadId(_profile.Threads.Count);
        _profile.Threads.Add(new ProfiledThread(id, _processIndex, _target.ProcessId, null, true));
        return id;
    }

    // A thread that has called into another interpreter has its name in the main one, which is the last; there it is none, or one made up.
    private string? FindName(RemoteAddress interpreter, ulong pthreadId)
    {
        if (_names is null)
        {
            return null;
        }

        if (_mainInterpreter.IsNull && _runtime.ReadInterpreters(_interpreters) is > 0 and var count)
        {
            _mainInterpreter = _interpreters[count - 1].Address;
        }

        string? name = _mainInterpreter.IsNull || interpreter == _mainInterpreter ? null : _names.Find(_mainInterpreter, pthreadId);
        return name ?? _names.Find(interpreter, pthreadId);
    }

    // That of a main thread is the program's, which tells nothing.
    private string? KernelName(NativeThread native, bool isMain) =>
        _names is null || native.Id == 0 || isMain ? null : _target.ReadThreadName(native.Id);

    private NativeThread FindNative(ThreadState state)
    {
        // The list is read again only for a thread that is not in it: reading it costs a file for each thread.
        if (TryFindNative(state, out NativeThread found))
        {
            return found;
        }

        _native = [.. _target.ReadThreads()];
        if (TryFindNative(state, out found))
        {
            return found;
        }

        // A child that was forked behind the interpreter's back still has its parent's id there (uWSGI's workers have).
        return state.NativeThreadId != 0 && ThreadIds.TryFind(_runtime.Memory, state.PthreadId, _native, out found) ? found : default;
    }

    private bool TryFindNative(ThreadState state, out NativeThread found)
    {
        if (state.NativeThreadId == 0)
        {
            return ThreadIds.TryFind(_runtime.Memory, state.PthreadId, _native, out found);
        }

        foreach (NativeThread thread in _native)
        {
            if ((ulong)thread.NamespaceId == state.NativeThreadId)
            {
                found = thread;
                return true;
            }
        }

        found = default;
        return false;
    }

    private readonly record struct UnmatchedThread(ThreadStack Thread, int Tries);

    private readonly record struct UnnamedThread(ProfiledThreadId Id, RemoteAddress Interpreter, ulong PthreadId, int Tries);
}
