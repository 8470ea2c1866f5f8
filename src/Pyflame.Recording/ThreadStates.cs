using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;

namespace Pyflame.Recording;

/// <summary>Tells what a sampled thread was doing: from what the kernel says of it, and who holds the GIL.</summary>
internal sealed class ThreadStates : IDisposable
{
    // Waiting for the GIL is waiting on a condition variable within struct _gil_runtime_state (Include/internal/pycore_gil.h), which is
    // at most 208 bytes.
    private const ulong GilBytes = 256;

    private readonly ThreadActivityReader _activities;
    private readonly MemoryReader _memory;
    private readonly RemoteRange _staticGil;
    private readonly RemoteAddress _gilPointer;

    public ThreadStates(TargetProcess target, PythonRuntime runtime)
    {
        _activities = target.OpenActivityReader();
        _memory = runtime.Memory;
        FindStaticGil(runtime, out _staticGil, out _gilPointer);
    }

    /// <summary>Whether the kernel tells what threads do; else every thread counts as active.</summary>
    public bool IsAvailable => _activities.IsAvailable;

    /// <summary>What a thread is doing now.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="holdsGil">Whether it holds a GIL.</param>
    /// <param name="interpreters">The interpreters, for where their GILs lie.</param>
    public SampleState Of(ThreadStack thread, bool holdsGil, InterpreterTable interpreters)
    {
        SampleState state = holdsGil ? SampleState.HoldsGil : SampleState.None;
        if (thread.OsThreadId == 0)
        {
            return state;
        }

        ThreadActivity activity = _activities.Read(thread.OsThreadId);
        return state | activity.Kind switch
        {
            ThreadActivityKind.Unknown => SampleState.None,
            ThreadActivityKind.Running => SampleState.OnCpu,
            ThreadActivityKind.Lock when !holdsGil && IsGil(activity.FirstArgument, interpreters) => SampleState.WaitsForGil,
            ThreadActivityKind.Lock => SampleState.Idle | SampleState.Lock,
            ThreadActivityKind.Sleep => SampleState.Idle | SampleState.Sleep,
            ThreadActivityKind.Poll => (SampleState.Idle | SampleState.Poll).WithSystemCall(activity.SystemCall),
            ThreadActivityKind.InputOutput => (SampleState.Idle | SampleState.InputOutput).WithSystemCall(activity.SystemCall),
            _ => SampleState.Idle.WithSystemCall(activity.SystemCall),
        };
    }

    /// <summary>Lets go of a thread that has ended.</summary>
    public void Forget(ThreadStack thread) => _activities.Forget(thread.OsThreadId);

    /// <inheritdoc/>
    public void Dispose() => _activities.Dispose();

    /// <summary>
    /// Where threads wait for the GIL before 3.7, or what points there; neither in a stripped file, where such waiting counts as waiting for
    /// any lock.
    /// </summary>
    private static void FindStaticGil(PythonRuntime runtime, out RemoteRange gil, out RemoteAddress pointer)
    {
        gil = default;
        pointer = default;

        // Python/ceval_gil.h, 3.2 to 3.6: behind switch_mutex, switch_cond and gil_mutex, pthread types of 40 to 48 bytes.
        if (!runtime.Version.IsAtLeast(3, 7) && runtime.Module.TryFindSymbol("gil_cond", out RemoteAddress condition, out _))
        {
            gil = new RemoteRange(condition - 192, 192 + 48);
        }

        // Python/ceval.c of 2.x and 3.1: a pointer to a sem_t (Python/thread_pthread.h).
        if (!runtime.Version.IsAtLeast(3, 2) && runtime.Module.TryFindSymbol("interpreter_lock", out RemoteAddress found, out _))
        {
            pointer = found;
        }
    }

    private bool IsGil(ulong address, InterpreterTable interpreters) =>
        interpreters.IsInGil(address, GilBytes) || _staticGil.Contains(new RemoteAddress(address)) || IsLazyGil(address);

    // It is made with the first thread, and anew in a forked child (PyEval_InitThreads, PyEval_ReInitThreads), so the pointer is read each time.
    private bool IsLazyGil(ulong address) =>
        !_gilPointer.IsNull
        && _memory.TryReadAddress(_gilPointer, out RemoteAddress semaphore)
        && new RemoteRange(semaphore, 32).Contains(new RemoteAddress(address));
}
