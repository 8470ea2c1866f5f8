using System.Buffers.Binary;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>Tells by a frame's own bytes whether it ran when they were copied, from 3.11 on.</summary>
/// <remarks>
/// A frame puts its stack pointer away when it calls Python and when it returns, and takes it back when it goes on
/// (<c>_PyFrame_SetStackPointer</c> and <c>_PyFrame_GetStackPointer</c>, Include/internal/pycore_frame.h): while it runs, <c>stacktop</c> is -1 and,
/// from 3.14 on, <c>stackpointer</c> is null. From 3.14 on it is put away for most calls of C code too.
/// </remarks>
internal readonly struct FrameMarks
{
    private const byte OwnedByGenerator = 1;
    private readonly int _stackTop;
    private readonly int _owner;
    private readonly int _isEntry;
    private readonly bool _isPointer;

    /// <summary>Reads the marks of a version's frames.</summary>
    public FrameMarks(StructOffsets offsets)
    {
        _stackTop = offsets.HasInterpreterFrames ? offsets.Frame.StackTop : StructOffsets.Absent;
        _owner = offsets.Frame.Owner;
        _isEntry = offsets.Frame.IsEntry;
        _isPointer = offsets.Version.IsAtLeast(3, 14);
    }

    /// <summary>Whether frames have marks at all.</summary>
    public bool AreKnown => _stackTop >= 0;

    /// <summary>Whether a frame is a generator's or a coroutine's.</summary>
    /// <param name="sample">A copy of frames.</param>
    /// <param name="start">Where in it the frame begins.</param>
    public bool IsOfGenerator(ReadOnlySpan<byte> sample, int start) => sample[start + _owner] == OwnedByGenerator;

    /// <summary>Whether a frame that does not run is in a call of Python code, or has returned.</summary>
    public bool TellCalls => AreKnown && !_isPointer;

    /// <summary>Whether a frame runs, or the C code that it called.</summary>
    /// <param name="sample">A copy of frames.</param>
    /// <param name="start">Where in it the frame begins.</param>
    public bool IsRunning(ReadOnlySpan<byte> sample, int start) => _isPointer
        ? BinaryPrimitives.ReadUInt64LittleEndian(sample[(start + _stackTop)..]) == 0
        : BinaryPrimitives.ReadInt32LittleEndian(sample[(start + _stackTop)..]) == -1;

    /// <summary>
    /// Whether the interpreter itself called a frame, as it does without leaving its loop, and not C code: then the caller does not run. Of
    /// a generator's frame that is not known, since <c>throw()</c> links it to its caller by hand (<c>_gen_throw</c>, Objects/genobject.c).
    /// </summary>
    /// <param name="sample">A copy of frames.</param>
    /// <param name="start">Where in it the frame begins, which has code.</param>
    public bool IsInlined(ReadOnlySpan<byte> sample, int start) =>
        sample[start + _owner] != OwnedByGenerator && (_isEntry < 0 || sample[start + _isEntry] == 0);
}
