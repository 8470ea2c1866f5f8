using System.Globalization;
using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Python.Layout;
using Pyflame.Python.Tasks;
using Pyflame.Python.Values;

namespace Pyflame.Recording;

/// <summary>
/// Puts the running task of asyncio in place of the event loop: a stack then begins with a frame of the task's name and goes on with
/// its coroutine. Allocates nothing for a task that is known.
/// </summary>
internal sealed class TaskFrames
{
    // A server makes tasks without end, which asyncio numbers. So many get a frame each; further ones share one.
    private const int MostNumbered = 1000;
    private const string Numbered = "Task-";

    // CO_GENERATOR, CO_COROUTINE, CO_ITERABLE_COROUTINE, CO_ASYNC_GENERATOR (Include/code.h, 3.8+: Include/cpython/code.h)
    private const int CoroutineFlags = 0x20 | 0x80 | 0x100 | 0x200;

    private readonly Profile _profile;
    private readonly StructOffsets _offsets;
    private readonly MemoryReader _memory;
    private readonly CodeObjectCache _codes;
    private readonly TaskReader _tasks;
    private readonly CoroutineReader _coroutines;
    private readonly List<RemoteAddress> _running = [];
    private readonly Dictionary<RemoteAddress, KnownTask> _known = [];
    private int _numbered;

    public TaskFrames(PythonRuntime runtime, Profile profile, CodeObjectCache codes)
    {
        _profile = profile;
        _offsets = runtime.Offsets;
        _memory = runtime.Memory;
        _codes = codes;
        var values = new ValueRenderer(_memory, _offsets, codes.Strings);
        _tasks = new TaskReader(runtime, codes.Strings, values);
        _coroutines = new CoroutineReader(_memory, _offsets, codes, values);
    }

    /// <summary>The stack of a thread under the task that it runs; the stack as it is where it runs none, or none can be told.</summary>
    /// <param name="thread">The thread, whose reader holds the stack.</param>
    /// <param name="stack">The stack.</param>
    public StackId Attribute(ThreadStack thread, StackId stack)
    {
        ReadOnlySpan<RawFrame> frames = thread.Reader.Frames;
        int first = 0;
        while (first < frames.Length && !IsCoroutine(frames[first]))
        {
            first++;
        }

        if (first == frames.Length)
        {
            return stack;
        }

        _running.Clear();
        _tasks.ReadRunning(thread.Reader.ThreadStateAddress, _running);
        foreach (RemoteAddress address in _running)
        {
            if (Know(address) is not { } task)
            {
                continue;
            }

            for (int i = first; i < frames.Length; i++)
            {
                if (frames[i].Address == task.Frame)
                {
                    return Under(task.Name, thread, i, frames.Length);
                }
            }
        }

        return stack;
    }

    private bool IsCoroutine(in RawFrame frame) =>
        !frame.Code.IsNull && _codes.Peek(frame.Code) is { } code && (code.Flags & CoroutineFlags) != 0;

    private StackId Under(FrameId task, ThreadStack thread, int first, int end)
    {
        StackTable stacks = _profile.Stacks;
        StackId[] prefixes = thread.Prefixes;
        StackId under = stacks.Intern(default, task);
        StackId before = first == 0 ? default : prefixes[first - 1];
        for (int i = first; i < end; i++)
        {
            // Frames of the interpreter's own add nothing to the stack.
            if (prefixes[i] != before)
            {
                under = stacks.Intern(under, stacks.Frame(prefixes[i]));
                before = prefixes[i];
            }
        }

        return under;
    }

    // A new task may lie where another one did, its name and coroutine too: what the name says is compared as well.
    private KnownTask? Know(RemoteAddress address)
    {
        if (!_tasks.TryReadIdentity(address, out TaskIdentity identity))
        {
            return null;
        }

        if (_known.TryGetValue(address, out KnownTask? task) && task.Identity == identity)
        {
            return task;
        }

        if (_tasks.TryRead(address) is not { } read
            || _coroutines.StateOf(read.Coroutine, out RemoteAddress frame) is CoroutineState.Unknown or CoroutineState.Ended)
        {
            return null;
        }

        if (_known.Count >= PythonLimits.CodeObjects)
        {
            _known.Clear();
        }

        return _known[address] = new KnownTask(identity, frame, FrameOf(read, frame));
    }

    private FrameId FrameOf(AsyncioTask task, RemoteAddress frame)
    {
        string name = task.Name ?? CoroutineName(frame);
        bool isNumbered = name.StartsWith(Numbered, StringComparison.Ordinal) && name.AsSpan(Numbered.Length).ContainsAnyExceptInRange('0', '9') is false;
        if (isNumbered && ++_numbered > MostNumbered)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{Numbered}…");
        }

        return _profile.Frames.Intern(new FrameInfo(_profile.InternFunction(name, string.Empty), 0, FrameKind.Task));
    }

    private string CoroutineName(RemoteAddress frame) =>
        _memory.TryReadAddress(frame + _offsets.Frame.Code, out RemoteAddress code) && _codes.Get(code) is { } known
            ? known.QualifiedName : "(task)";

    private sealed record KnownTask(TaskIdentity Identity, RemoteAddress Frame, FrameId Name);
}
