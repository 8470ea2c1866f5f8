namespace Pyflame.Python.Layout;

/// <summary>
/// Where the fields of CPython's structures lie in one build of one version. All offsets are bytes from the start of their
/// structure on x86-64 unless the name says otherwise; <see cref="Absent"/> where the version has no such field.
/// </summary>
public sealed record StructOffsets
{
    /// <summary>Stands for a field that a version does not have.</summary>
    public const int Absent = -1;

    /// <summary>The version these offsets are for.</summary>
    public required PythonVersion Version { get; init; }

    /// <summary>Whether the build has no GIL (<c>Py_GIL_DISABLED</c>, 3.13+).</summary>
    public bool FreeThreaded { get; init; }

    /// <summary>Whether objects begin with two more pointers (<c>Py_TRACE_REFS</c>); already added to every offset here.</summary>
    public bool TraceRefs { get; init; }

    /// <summary><c>_PyRuntimeState</c>, 3.7+.</summary>
    public required RuntimeStateOffsets RuntimeState { get; init; }

    /// <summary><c>PyInterpreterState</c>.</summary>
    public required InterpreterStateOffsets InterpreterState { get; init; }

    /// <summary><c>PyThreadState</c>.</summary>
    public required ThreadStateOffsets ThreadState { get; init; }

    /// <summary><c>PyFrameObject</c> up to 3.10, <c>_PyInterpreterFrame</c> from 3.11 on.</summary>
    public required FrameOffsets Frame { get; init; }

    /// <summary><c>PyCodeObject</c>.</summary>
    public required CodeObjectOffsets CodeObject { get; init; }

    /// <summary>The built-in types that names, paths and values are made of.</summary>
    public required ObjectOffsets Objects { get; init; }

    /// <summary>Whether frames live in the thread's data stack (3.11+) and not each in a heap object of its own.</summary>
    public bool HasInterpreterFrames => Version.IsAtLeast(3, 11);

    /// <summary>
    /// The same release built with <c>Py_TRACE_REFS</c>, which before 3.13 puts two pointers before each object
    /// (<c>_PyObject_HEAD_EXTRA</c>, Include/object.h).
    /// </summary>
    public StructOffsets WithTraceRefs() => this with
    {
        TraceRefs = true,
        Frame = HasInterpreterFrames ? Frame : Frame.Shift(TraceRefsSize),
        CodeObject = CodeObject.Shift(TraceRefsSize),
        Objects = Objects.Shift(TraceRefsSize),
    };

    internal static int Shifted(int offset, int bytes) => offset < 0 ? offset : offset + bytes;

    private const int TraceRefsSize = 16;
}
