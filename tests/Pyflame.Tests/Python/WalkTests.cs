using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Python.Layout;

namespace Pyflame.Tests.Python;

/// <summary>A thread with a stack of <see cref="Depth"/> frames in its data stack, each of a function of its own, of which the innermost runs.</summary>
public abstract class WalkTests
{
    protected const int Depth = 12;
    protected const int Start = 0;
    protected const int Call = 4;
    protected const int Return = 8;
    protected const ulong Generator = FakeThread.HeapAddress + 256;
    protected const ulong Entry = FakeThread.HeapAddress + 1024;

    private readonly RemoteAddress[] _codes = new RemoteAddress[Depth];
    private readonly Dictionary<int, RemoteAddress> _makers = [];
    private readonly int _frameSize;

    private protected WalkTests(StructOffsets offsets, byte returnOpcode)
    {
        Thread = new FakeThread(offsets);
        Thread.AddChunk(FakeThread.ChunkAddress, 0);
        Thread.Map(FakeThread.HeapAddress, 4096);
        var objects = new FakeObjects(offsets);
        for (int i = 0; i < Depth; i++)
        {
            _codes[i] = objects.Code($"f{i}", "file.py", 1, [], 16);
            objects.Put(_codes[i] + offsets.CodeObject.CodeAdaptive + Return, returnOpcode);
        }

        foreach (int flag in new[] { 0x20, 0x80, 0x200 })
        {
            RemoteAddress maker = objects.Code("maker", "file.py", 1, [], 16);
            objects.Put(maker + offsets.CodeObject.Flags, 0x43 | flag);
            _makers.Add(flag, maker);
        }

        NewCode = objects.Code("new", "file.py", 1, [], 16);
        Codes = new CodeObjectCache(objects.Memory, offsets);
        foreach (RemoteAddress code in _codes)
        {
            _frameSize = Codes.Get(code)!.FrameSize;
        }

        for (int i = 0; i < Depth; i++)
        {
            Write(i, Call);
        }

        Write(Depth - 1, Call, isRunning: true);
        Thread.SetTop(FakeThread.ChunkAddress, FrameAddress(Depth).Value);
        Thread.SetCurrent(FrameAddress(Depth - 1).Value);
        Reader = new StackReader(offsets, new RemoteAddress(FakeThread.ThreadStateAddress), Codes);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, Reader));
        Assert.Equal(StackStatus.Complete, Decode());
        AssertStack(Depth);
    }

    /// <summary>The thread.</summary>
    private protected FakeThread Thread { get; }

    /// <summary>What is tested.</summary>
    private protected StackReader Reader { get; }

    /// <summary>The functions that were read before, of which each frame has one.</summary>
    private protected CodeObjectCache Codes { get; }

    /// <summary>A function that was not read before.</summary>
    private protected RemoteAddress NewCode { get; }

    private protected void AssertStack(int depth, bool isExact = true, int lastInstruction = Call)
    {
        Assert.Equal(isExact, Reader.IsExact);
        Assert.False(Reader.IsAmbiguous);
        RawFrame[] python = [.. Reader.Frames.ToArray().Where(frame => !frame.Code.IsNull)];
        Assert.Equal(depth, python.Length);
        for (int i = 0; i < depth; i++)
        {
            Assert.Equal(new RawFrame(FrameAddress(i), CodeOf(i), InstructionOf(i, i == depth - 1 ? lastInstruction : Call)), python[i]);
        }
    }

    /// <summary>Asserts that frames 8 and 9 were called by frame 6, which has called frame 7 before.</summary>
    private protected void AssertDestructor()
    {
        Assert.True(Reader.IsExact);
        Assert.False(Reader.IsAmbiguous);
        Assert.True(Reader.Returned.IsNull);
        RemoteAddress[] python = [.. Reader.Frames.ToArray().Where(frame => !frame.Code.IsNull).Select(frame => frame.Address)];
        Assert.Equal([.. Enumerable.Range(0, 7).Select(FrameAddress), FrameAddress(8), FrameAddress(9)], python);
    }

    private protected void WriteGenerator(int caller, bool isRunning)
    {
        Thread.WriteFrame(Generator, GeneratorCode.Value, FrameAddress(caller).Value, InstructionIn(GeneratorCode, Call), owner: 1);
        Mark(new RemoteAddress(Generator), isRunning);
    }

    private protected void Write(int depth, int offset, bool isRunning = false, ulong previous = 0)
    {
        ulong caller = previous != 0 ? previous : depth == 0 ? 0 : FrameAddress(depth - 1).Value;
        Thread.WriteFrame(FrameAddress(depth).Value, CodeOf(depth).Value, caller, InstructionOf(depth, offset));
        Mark(FrameAddress(depth), isRunning);
    }

    private protected void Mark(RemoteAddress frame, bool isRunning)
    {
        // From 3.14 on frames do not tell.
        if (Thread.Offsets.Version.IsAtLeast(3, 14))
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, isRunning ? -1 : 2);
        for (int i = 0; i < bytes.Length; i++)
        {
            Thread.WriteByte(frame.Value + (ulong)(Thread.Offsets.Frame.StackTop + i), bytes[i]);
        }
    }

    private protected ulong InstructionOf(int depth, int offset) => InstructionIn(CodeOf(depth), offset);

    // Up to 3.12 a frame that has not begun stands one instruction before the first.
    private protected ulong InstructionIn(RemoteAddress code, int offset) => code.Value
        + (ulong)(Thread.Offsets.CodeObject.CodeAdaptive + (offset == Start && !Thread.Offsets.Version.IsAtLeast(3, 13) ? -2 : offset));

    /// <summary>What <see cref="Generator"/> runs.</summary>
    private protected RemoteAddress GeneratorCode => MakerOf(0x20);

    /// <summary>The function of a generator, by its flag.</summary>
    private protected RemoteAddress MakerOf(int flag) => _makers[flag];

    private protected RemoteAddress CodeOf(int depth) => _codes[depth % Depth];

    private protected RemoteAddress FrameAddress(int depth) => new(FakeThread.ChunkAddress + 24 + 8 + (ulong)(depth * _frameSize));

    private protected StackStatus Decode() => Reader.Decode(ReadAll());

    private protected byte[] ReadAll()
    {
        byte[] bytes = new byte[Reader.ByteCount];
        Assert.Equal(bytes.Length, Thread.ReadMany(Reader.Ranges, bytes));
        return bytes;
    }
}
