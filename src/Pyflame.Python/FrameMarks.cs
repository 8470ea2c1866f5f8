using System.Buffers.Binary;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>Tells by a frame's own bytes whether it ran when they were copied, from 3.11 on.</summary>
/// <remarks>
/// Up to 3.13 a frame puts its stack pointer away when it calls Python and when it returns, and takes it back when it goes on
/// (<c>_PyFrame_SetStackPointer</c> and <c>_PyFrame_GetStackPointer</c>, Include/internal/pycore_frame.h): while it runs, <c>stacktop</c> is -1.
/// From 3.14 on that is so in debug builds alone, but a frame that has ended has no code any more (<c>clear_thread_frame</c>, Python/ceval.c).
/// </remarks>
internal readonly struct FrameMarks
{
    /// <summary><c>FRAME_OWNED_BY_GENERATOR</c>.</summary>
    public const byte OwnedByGenerator = 1;

    private readonly int _stackTop;
    private readonly int _owner;
    private readonly int _isEntry;

    /// <summary>Reads the marks of a version's frames.</summary>
    public FrameMarks(StructOffsets offsets)
    {
        AreCleared = offsets.Version.IsAtLeast(3, 14);
        _stackTop = offsets.HasInterpreterFrames && !AreCleared ? offsets.Frame.StackTop : StructOffsets.Absent;
        _owner = offsets.Frame.Owner;
        _isEntry = offsets.Frame.IsEntry;
    }

    /// <summary>Whether a frame tells that it runs, 3.11 to 3.13: one that does not is in a call of Python code, or has returned.</summary>
    public bool TellRunning => _stackTop >= 0;

    /// <summary>Whether a frame has no code once it has ended, 3.14+.</summary>
    public bool AreCleared { get; }

    /// <summary>Whether a frame is a generator's or a coroutine's.</summary>
    /// <param name="sample">A copy of frames.</param>
    /// <param name="start">Where in it the frame begins.</param>
    public bool IsOfGenerator(ReadOnlySpan<byte> sample, int start) => sample[start + _owner] == OwnedByGenerator;

    /// <summary>Whether a frame runs, or the C code that it called; false where frames do not tell.</summary>
    /// <param name="sample">A copy of frames.</param>
    /// <param name="start">Where in it the frame begins.</param>
    public bool IsRunning(ReadOnlySpan<byte> sample, int start) =>
        TellRunning && BinaryPrimitives.ReadInt32LittleEndian(sample[(start + _stackTop)..]) == -1;

    /// <summary>
    /// Whether the interpreter itself called a frame, as it does without leaving its loop, and not C code: then the caller does not run. Of
    /// a generator's frame that is not known, since <c>throw()</c> links it to its caller by hand (<c>_gen_throw</c>, Objects/genobject.c).
    /// </summary>
    /// <param name="sample">A copy of frames.</param>
    /// <param name="start">Where in it the frame begins, which has code.</param>
    public bool IsInlined(ReadOnlySpan<byte> sample, int start) =>
        sample[start + _owner] != OwnedByGenerator && (_isEntry < 0 || sample[start + _isEntry] == 0);
}
