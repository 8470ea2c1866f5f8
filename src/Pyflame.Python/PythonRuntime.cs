using System.Diagnostics.CodeAnalysis;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>The CPython runtime of a target: its version, its layout and where its lists begin.</summary>
public sealed class PythonRuntime
{
    internal PythonRuntime(TargetProcess target, LoadedModule module, StructOffsets offsets)
    {
        Target = target;
        Module = module;
        Offsets = offsets;
    }

    /// <summary>The process; not owned.</summary>
    public TargetProcess Target { get; }

    /// <summary>The target's memory.</summary>
    public MemoryReader Memory => Target.Memory;

    /// <summary>The program or library that holds the interpreter.</summary>
    public LoadedModule Module { get; }

    /// <summary>Further images in which another CPython runs; nearly always none. Only the one of <see cref="Module"/> is read.</summary>
    public IReadOnlyList<LoadedModule> OtherModules { get; internal set; } = [];

    /// <summary>The version, as exactly as the binary tells it.</summary>
    public PythonVersion Version => Offsets.Version;

    /// <summary>The layout of its structures.</summary>
    public StructOffsets Offsets { get; }

    /// <summary><c>_PyRuntime</c>; null before 3.7.</summary>
    public RemoteAddress RuntimeAddress { get; internal init; }

    /// <summary>The address of the pointer to the first interpreter state.</summary>
    public RemoteAddress InterpretersHeadAddress { get; internal init; }

    /// <summary>
    /// The address of the pointer to the thread state that holds the GIL, null while none does: <c>_PyThreadState_Current</c>
    /// before 3.7, <c>gilstate.tstate_current</c> from 3.7 to 3.11. Null for later versions.
    /// </summary>
    public RemoteAddress CurrentThreadStateAddress { get; internal init; }

    /// <summary>
    /// Whether the main interpreter has a GIL now. A free-threaded build has none, until an extension module or <c>PYTHON_GIL</c> asks for one
    /// (<c>_gil_runtime_state.enabled</c>, Include/internal/pycore_gil.h).
    /// </summary>
    public bool HasGil()
    {
        int enabledOffset = Offsets.InterpreterState.GilEnabledInGil;
        Span<InterpreterState> interpreters = new InterpreterState[PythonLimits.Interpreters];
        int count = Offsets.FreeThreaded && enabledOffset >= 0 ? ReadInterpreters(interpreters) : 0;
        return count == 0
            ? !Offsets.FreeThreaded
            : Memory.TryRead(interpreters[count - 1].Gil + enabledOffset, out int enabled) && enabled != 0;
    }

    /// <summary>Finds the runtime of a process.</summary>
    /// <param name="target">The process.</param>
    /// <param name="forcedVersion">The version that the user insists on; null to go by the binary.</param>
    /// <exception cref="TargetProcessException">
    /// There is none that runs (<see cref="TargetFailure.NotPython"/>), it cannot be read
    /// (<see cref="TargetFailure.UnsupportedVersion"/>), or the process has ended (<see cref="TargetFailure.NotFound"/>).
    /// </exception>
    public static PythonRuntime Locate(TargetProcess target, PythonVersion? forcedVersion = null) =>
        TryLocate(target, forcedVersion, out PythonRuntime? runtime, out TargetProcessException? failure) ? runtime : throw failure;

    /// <summary>
    /// Finds the runtime of a process once; to ask again and again while it starts, keep a <see cref="RuntimeLocator"/>.
    /// </summary>
    /// <param name="target">The process.</param>
    /// <param name="forcedVersion">The version that the user insists on; null to go by the binary.</param>
    /// <param name="runtime">The runtime; null where there is none that runs.</param>
    /// <param name="failure">Why there is none; null where there is one.</param>
    public static bool TryLocate(
        TargetProcess target,
        PythonVersion? forcedVersion,
        [NotNullWhen(true)] out PythonRuntime? runtime,
        [NotNullWhen(false)] out TargetProcessException? failure) =>
        new RuntimeLocator(target, forcedVersion).TryLocate(out runtime, out failure);

    /// <summary>Reads the interpreters, newest first as CPython has them.</summary>
    /// <param name="destination">The caller's buffer; what does not fit is left out.</param>
    /// <returns>How many were read before the end, a loop or an unreadable one.</returns>
    public int ReadInterpreters(Span<InterpreterState> destination) =>
        InterpreterState.ReadAll(Memory, Offsets, InterpretersHeadAddress, destination);
}
