using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>An image that holds a CPython runtime, started or not.</summary>
/// <param name="module">The image.</param>
/// <param name="runtimeAddress"><c>_PyRuntime</c>, 3.7+.</param>
/// <param name="currentThreadState"><c>_PyThreadState_Current</c>, before 3.7.</param>
/// <param name="interpretersHead"><c>interp_head</c>, before 3.7, where it is known already.</param>
internal sealed class RuntimeCandidate(
    LoadedModule module, RemoteAddress runtimeAddress, RemoteAddress currentThreadState, RemoteAddress interpretersHead = default)
{
    private StructOffsets? offsets;
    private RemoteAddress head = interpretersHead;
    private bool isExact = true;

    /// <summary>Makes the runtime, if it has started.</summary>
    public bool TryOpen(
        TargetProcess target,
        PythonVersion? forced,
        [NotNullWhen(true)] out PythonRuntime? runtime,
        [NotNullWhen(false)] out TargetProcessException? failure)
    {
        runtime = null;
        if (offsets is null && !TryFindOffsets(target, forced, out offsets, out failure))
        {
            return false;
        }

        if (!TryFindHead(target.Memory, offsets) || !RuntimeScan.IsInterpretersHead(target.Memory, offsets, head))
        {
            failure = NotStarted(target);
            return false;
        }

        // The text of sys.version is there before the first frame is, so it is looked for once more behind the frame.
        if (!isExact
            && (!HasFrame(target.Memory, offsets) || !TryFindOffsets(target, forced, out offsets, out failure)))
        {
            offsets = null;
            failure = NotStarted(target);
            return false;
        }

        RuntimeStateOffsets o = offsets.RuntimeState;
        runtime = new PythonRuntime(target, module, offsets)
        {
            RuntimeAddress = runtimeAddress,
            InterpretersHeadAddress = head,
            CurrentThreadStateAddress = o.CurrentThreadState >= 0 ? runtimeAddress + o.CurrentThreadState : currentThreadState,
        };
        failure = null;
        return true;
    }

    private static PythonVersion Newest => DebugOffsets.NewestKnown;

    private static string Text(DefaultInterpolatedStringHandler text) => string.Create(CultureInfo.InvariantCulture, ref text);

    /// <summary>Whether the interpreter runs code.</summary>
    private bool HasFrame(MemoryReader memory, StructOffsets layout) =>
        layout.ThreadState.CurrentFrame < 0
        || (memory.TryReadAddress(head, out RemoteAddress interpreter)
            && memory.TryReadAddress(interpreter + layout.InterpreterState.ThreadsHead, out RemoteAddress thread)
            && memory.TryReadAddress(thread + layout.ThreadState.CurrentFrame, out RemoteAddress frame)
            && !frame.IsNull);

    private bool TryFindHead(MemoryReader memory, StructOffsets layout)
    {
        if (head.IsNull && !runtimeAddress.IsNull)
        {
            head = runtimeAddress + layout.RuntimeState.InterpretersHead;
        }

        return !head.IsNull || InterpreterHead.TryFind(memory, module, layout, out head);
    }

    private bool TryFindOffsets(
        TargetProcess target,
        PythonVersion? forced,
        [NotNullWhen(true)] out StructOffsets? found,
        [NotNullWhen(false)] out TargetProcessException? failure)
    {
        found = null;
        failure = null;
        byte[] table = new byte[DebugOffsets.TableSize];
        if (!runtimeAddress.IsNull && !target.Memory.TryRead(runtimeAddress, table))
        {
            failure = NotStarted(target);
            return false;
        }

        if (DebugOffsets.HasCookie(table) && forced?.IsAtLeast(3, 13) != false)
        {
            if (DebugOffsets.TryParse(table, out found, out string? problem))
            {
                return true;
            }

            failure = Unsupported(target, Text($"{module.Path} {problem}"));
            return false;
        }

        // The text behind sys.version is there once the interpreter has started.
        if (!VersionDetector.TryDetect(module, target.Memory, out PythonVersion version, out isExact) && forced is null)
        {
            failure = NotStarted(target);
            return false;
        }

        if (forced is { } wanted && (wanted.Major, wanted.Minor) != (version.Major, version.Minor))
        {
            version = wanted;
        }

        if (!KnownOffsets.TryGet(version, out found) || version.IsAtLeast(3, 7) == runtimeAddress.IsNull)
        {
            failure = Unsupported(target, Text($"{module.Path} is CPython {version}"));
            return false;
        }

        if (HasTraceRefs())
        {
            found = found.WithTraceRefs();
        }

        return true;
    }

    /// <summary>
    /// Before 3.13 a build with <c>Py_TRACE_REFS</c> puts two pointers before every object; it exports its module constructor under
    /// another name, so that extensions of other builds do not load (Include/modsupport.h).
    /// </summary>
    private bool HasTraceRefs() =>
        module.Image is { } image
        && (image.TryFindDynamicSymbol("PyModule_Create2TraceRefs", out _)
            || image.TryFindDynamicSymbol("Py_InitModule4TraceRefs_64", out _));

    private TargetProcessException NotStarted(TargetProcess target) => new(
        TargetFailure.NotPython,
        Text($"Process {target.ProcessId} has CPython loaded ({module.Path}), but no interpreter runs in it (not yet, or no longer)."),
        "Wait until the program has started, or start it with pyflame -t.");

    private static TargetProcessException Unsupported(TargetProcess target, string what) => new(
        TargetFailure.UnsupportedVersion,
        Text($"Process {target.ProcessId}: {what}; CPython 2.6, 2.7 and 3.1 to {Newest.Major}.{Newest.Minor} can be read."),
        "A newer Pyflame may know this version.");
}
