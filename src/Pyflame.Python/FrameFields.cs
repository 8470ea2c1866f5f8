using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>Where the fields of a version's frames lie, and what they say in a copy.</summary>
internal readonly struct FrameFields
{
    /// <summary><c>FRAME_OWNED_BY_CSTACK</c> (3.12, 3.13) and <c>FRAME_OWNED_BY_INTERPRETER</c> (3.14+): from here on frames have no code of their own.</summary>
    public const byte FirstShimOwner = 3;

    private readonly int _previous;
    private readonly int _code;
    private readonly int _instruction;
    private readonly int _owner;

    /// <summary>The fields of a version's frames.</summary>
    public FrameFields(StructOffsets offsets)
    {
        FrameOffsets frame = offsets.Frame;
        AreOnHeap = !offsets.HasInterpreterFrames;
        _previous = frame.Previous;
        _code = frame.Code;
        _instruction = frame.Instruction;
        _owner = OwnerOffset(offsets);
        First = AreOnHeap ? Math.Min(frame.Previous, Math.Min(frame.Code, frame.Instruction)) : 0;
        End = AreOnHeap ? Math.Max(frame.Previous + 8, Math.Max(frame.Code + 8, frame.Instruction + 4)) : frame.HeaderSize;
    }

    /// <summary>Whether each frame lies by itself, as up to 3.10.</summary>
    public bool AreOnHeap { get; }

    /// <summary>The first byte of a frame that is looked at.</summary>
    public int First { get; }

    /// <summary>The byte behind the last one that is looked at.</summary>
    public int End { get; }

    /// <summary>How many bytes of a frame are looked at.</summary>
    public int Size => End - First;

    /// <summary>Where a frame says who owns it, by which entry frames are told; absent where there are none, before 3.12.</summary>
    public static int OwnerOffset(StructOffsets offsets) =>
        offsets.Version.IsAtLeast(3, 12) ? offsets.Frame.Owner : StructOffsets.Absent;

    /// <summary>A pointer in a copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RemoteAddress PointerAt(ReadOnlySpan<byte> sample, int offset) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(sample[offset..]));

    /// <summary>The code that a frame's field leads to. From 3.14 on that is a <c>_PyStackRef</c>: the low bits tell whether it owns a reference.</summary>
    public static RemoteAddress CodeOf(RemoteAddress field) => new(field.Value & ~7UL);

    /// <summary>The caller of a frame.</summary>
    /// <param name="sample">A copy of frames.</param>
    /// <param name="start">Where in it the frame begins; negative where only later bytes of it were copied.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RemoteAddress PreviousAt(ReadOnlySpan<byte> sample, int start) => PointerAt(sample, start + _previous);

    /// <summary>The caller of a frame of which there are only the bytes from <see cref="First"/> on.</summary>
    public RemoteAddress PreviousIn(ReadOnlySpan<byte> frame) => PointerAt(frame, _previous - First);

    /// <summary>A frame.</summary>
    /// <param name="sample">A copy of frames.</param>
    /// <param name="start">Where in it the frame begins; negative where only later bytes of it were copied.</param>
    /// <param name="address">The frame, in the target.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RawFrame FrameAt(ReadOnlySpan<byte> sample, int start, RemoteAddress address)
    {
        if (_owner >= 0 && sample[start + _owner] >= FirstShimOwner)
        {
            return new RawFrame(address, RemoteAddress.Null, 0);
        }

        RemoteAddress code = PointerAt(sample, start + _code);
        if (AreOnHeap)
        {
            return new RawFrame(address, code, unchecked((ulong)BinaryPrimitives.ReadInt32LittleEndian(sample[(start + _instruction)..])));
        }

        return new RawFrame(address, CodeOf(code), PointerAt(sample, start + _instruction).Value);
    }
}
