using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python;

namespace Pyflame.Tests.Python;

/// <summary>Stacks found in the copy of the data stack itself, whatever the thread state leads to.</summary>
public sealed class StackWalkTests
{
    private const int Depth = 12;
    private const int Start = 0;
    private const int Call = 4;
    private const int Return = 8;
    private const ulong Generator = FakeThread.HeapAddress + 256;

    private readonly FakeThread _thread;
    private readonly RemoteAddress[] _codes = new RemoteAddress[Depth];
    private readonly RemoteAddress _newCode;
    private readonly StackReader _reader;

    public StackWalkTests()
    {
        _thread = new FakeThread(FakeThread.Of(3, 12));
        _thread.AddChunk(FakeThread.ChunkAddress, 0);
        _thread.Map(FakeThread.HeapAddress, 4096);
        var objects = new FakeObjects(_thread.Offsets);
        for (int i = 0; i < Depth; i++)
        {
            _codes[i] = objects.Code($"f{i}", "file.py", 1, [], 16);
            objects.Put(_codes[i] + _thread.Offsets.CodeObject.CodeAdaptive + Return, 83);
        }

        _newCode = objects.Code("new", "file.py", 1, [], 16);
        var codes = new CodeObjectCache(objects.Memory, _thread.Offsets);
        foreach (RemoteAddress code in _codes)
        {
            Assert.Equal(FakeThread.FrameSize, codes.Get(code)?.FrameSize);
        }

        for (int i = 0; i < Depth; i++)
        {
            Write(i, Call);
        }

        Write(Depth - 1, Call, isRunning: true);
        _thread.SetTop(FakeThread.ChunkAddress, FrameAddress(Depth).Value);
        _thread.SetCurrent(FrameAddress(Depth - 1).Value);
        _reader = new StackReader(_thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress), codes);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(_thread, _reader));
        Assert.Equal(StackStatus.Complete, Decode());
        AssertStack(Depth);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(9)]
    public void Frames_of_calls_made_meanwhile_are_found(int current)
    {
        _thread.SetCurrent(FrameAddress(current).Value);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(Depth);
    }

    [Fact]
    public void The_frame_that_the_thread_state_leads_to_may_be_gone()
    {
        Write(4, Call, isRunning: true);
        Write(5, Return);
        _thread.WriteFrame(FrameAddress(Depth - 1).Value, 0x1234, 0x5678, 0x9abc);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(5);
    }

    [Fact]
    public void What_a_frame_that_runs_seems_to_call_may_be_any_bytes()
    {
        Write(4, Call, isRunning: true);
        _thread.WriteFrame(FrameAddress(5).Value, 0x1234, 0x5678, 0x9abc);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(5);
    }

    [Fact]
    public void Behind_a_frame_in_C_code_others_may_be_live()
    {
        // C code has called frame 5, which is about to go on with what it called.
        Write(4, Call, isRunning: true);
        Write(6, Return);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(6, isExact: false);
        Assert.Equal(_codes[6], _reader.Returned);
    }

    [Fact]
    public void Behind_a_frame_in_C_code_others_may_be_live_and_call_what_is_not_there_yet()
    {
        Write(4, Call, isRunning: true);
        _thread.WriteFrame(FrameAddress(6).Value, 0x1234, 0x5678, 0x9abc);

        Decode();

        Assert.True(_reader.IsAmbiguous);
    }

    [Fact]
    public void Behind_a_frame_in_C_code_a_function_that_was_never_seen_may_be_live()
    {
        Write(4, Call, isRunning: true);
        _thread.WriteFrame(
            FrameAddress(5).Value, _newCode.Value, FrameAddress(4).Value, _newCode.Value + (ulong)_thread.Offsets.CodeObject.CodeAdaptive + Call);
        Mark(FrameAddress(5), isRunning: true);
        Write(6, Return);

        Assert.Equal(StackStatus.Complete, Decode());

        Assert.True(_reader.IsExact);
        Assert.Equal(6, _reader.Depth);
        Assert.Equal(_newCode, _reader.Frames[^1].Code);
    }

    [Fact]
    public void A_frame_that_has_not_begun_is_the_innermost()
    {
        Write(7, Start);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(8, lastInstruction: Start);
    }

    [Fact]
    public void A_caller_whose_callee_has_returned_is_the_innermost_if_that_is_what_it_called()
    {
        Write(7, Return);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(7, isExact: false);
        Assert.Equal(_codes[7], _reader.Returned);
    }

    [Fact]
    public void A_generator_between_two_frames_is_found()
    {
        WriteGenerator(caller: 6, isRunning: false);
        Write(7, Call, previous: Generator);

        Assert.Equal(StackStatus.Missed, Decode());
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(_thread, _reader));
        Assert.Equal(StackStatus.Complete, Decode());

        Assert.True(_reader.IsExact);
        Assert.Equal(Depth + 1, _reader.Depth);
        Assert.Equal(new RemoteAddress(Generator), _reader.Frames[7].Address);
    }

    [Fact]
    public void A_generator_that_runs_is_the_innermost()
    {
        WriteGenerator(caller: 6, isRunning: false);
        Write(7, Call, previous: Generator);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(_thread, _reader));

        // The thread state still leads to what the generator had called.
        WriteGenerator(caller: 6, isRunning: true);
        Write(7, Return, previous: Generator);
        Assert.Equal(StackStatus.Complete, Decode());

        Assert.True(_reader.IsExact);
        Assert.Equal(8, _reader.Depth);
        Assert.Equal(new RemoteAddress(Generator), _reader.Frames[^1].Address);
    }

    [Fact]
    public void A_generator_that_was_not_one_when_it_was_read_proves_nothing()
    {
        WriteGenerator(caller: 6, isRunning: false);
        Write(7, Call, previous: Generator);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(_thread, _reader));

        _thread.WriteFrame(Generator, 0x1234, 0x5678, 0x9abc);
        Decode();

        Assert.True(_reader.IsAmbiguous);
    }

    [Fact]
    public void A_generator_that_C_code_runs_is_the_innermost()
    {
        const ulong Entry = FakeThread.HeapAddress + 1024;
        _thread.WriteFrame(Entry, 0, FrameAddress(6).Value, 0, owner: 3);
        _thread.WriteFrame(Generator, CodeOf(0).Value, Entry, InstructionOf(0, Call), owner: 1);
        Mark(new RemoteAddress(Generator), isRunning: true);
        Write(6, Call, isRunning: true);
        Write(7, Return);
        _thread.SetCurrent(Generator);

        Assert.Equal(StackStatus.Missed, Decode());
        Assert.Equal(StackStatus.Complete, new StackProof().TryRead(_thread, _reader, 1));
        Assert.Equal(StackStatus.Complete, Decode());

        Assert.True(_reader.IsExact);
        Assert.False(_reader.IsAmbiguous);
        Assert.Equal(new RemoteAddress(Generator), _reader.Frames[^1].Address);
        Assert.Equal(FrameAddress(6), _reader.Frames[^3].Address);
        Assert.True(_reader.IsGenerator(_reader.Depth - 1));
        Assert.False(_reader.IsGenerator(_reader.Depth - 3));
    }

    [Fact]
    public void A_stack_found_without_the_frame_that_the_thread_state_leads_to_says_so()
    {
        const ulong CFrame = FakeThread.HeapAddress + 2048;
        _thread.Write(FakeThread.ThreadStateAddress + (ulong)_thread.Offsets.ThreadState.CFrame, CFrame);
        byte[] sample = ReadAll();

        Assert.Equal(StackStatus.Complete, _reader.Decode(sample));

        AssertStack(Depth);
        Assert.True(_reader.LacksCurrent);

        // What there is is read the next time.
        _thread.Write(CFrame + (ulong)_thread.Offsets.ThreadState.CurrentFrameInCFrame, FrameAddress(Depth - 1).Value);
        Assert.True(_reader.Learn(_thread, sample));
        Assert.Equal(StackStatus.Complete, Decode());
        Assert.False(_reader.LacksCurrent);
    }

    [Fact]
    public void Entry_frames_need_not_be_read()
    {
        const ulong Entry = FakeThread.HeapAddress + 1024;
        _thread.WriteFrame(Entry, 0, FrameAddress(4).Value, 0, owner: 3);
        Write(5, Call, previous: Entry);
        Write(4, Call, isRunning: true);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(_thread, _reader));

        // It is written anew for each call, and may be of another one in the copy.
        _thread.WriteFrame(Entry, 0x1234, 0x5678, 0x9abc);
        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(Depth);
    }

    [Fact]
    public void Frames_beyond_what_was_read_are_missed_and_learned()
    {
        int deep = Depth + 8;
        for (int i = Depth - 1; i < deep; i++)
        {
            Write(i, Call, isRunning: i == deep - 1);
        }

        _thread.SetTop(FakeThread.ChunkAddress, FrameAddress(deep).Value);
        byte[] sample = ReadAll();
        Assert.Equal(StackStatus.Missed, _reader.Decode(sample));
        Assert.True(_reader.Learn(_thread, sample));

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(deep);
    }

    private void AssertStack(int depth, bool isExact = true, int lastInstruction = Call)
    {
        Assert.Equal(isExact, _reader.IsExact);
        Assert.False(_reader.IsAmbiguous);
        RawFrame[] python = [.. _reader.Frames.ToArray().Where(frame => !frame.Code.IsNull)];
        Assert.Equal(depth, python.Length);
        for (int i = 0; i < depth; i++)
        {
            Assert.Equal(new RawFrame(FrameAddress(i), CodeOf(i), InstructionOf(i, i == depth - 1 ? lastInstruction : Call)), python[i]);
        }
    }

    private void WriteGenerator(int caller, bool isRunning)
    {
        _thread.WriteFrame(Generator, CodeOf(0).Value, FrameAddress(caller).Value, InstructionOf(0, Call), owner: 1);
        Mark(new RemoteAddress(Generator), isRunning);
    }

    private void Write(int depth, int offset, bool isRunning = false, ulong previous = 0)
    {
        ulong caller = previous != 0 ? previous : depth == 0 ? 0 : FrameAddress(depth - 1).Value;
        _thread.WriteFrame(FrameAddress(depth).Value, CodeOf(depth).Value, caller, InstructionOf(depth, offset));
        Mark(FrameAddress(depth), isRunning);
    }

    private void Mark(RemoteAddress frame, bool isRunning)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, isRunning ? -1 : 2);
        for (int i = 0; i < bytes.Length; i++)
        {
            _thread.WriteByte(frame.Value + (ulong)(_thread.Offsets.Frame.StackTop + i), bytes[i]);
        }
    }

    // Up to 3.12 a frame that has not begun stands one instruction before the first.
    private ulong InstructionOf(int depth, int offset) =>
        CodeOf(depth).Value + (ulong)(_thread.Offsets.CodeObject.CodeAdaptive + (offset == Start ? -2 : offset));

    private RemoteAddress CodeOf(int depth) => _codes[depth % Depth];

    private static RemoteAddress FrameAddress(int depth) =>
        new(FakeThread.ChunkAddress + 24 + 8 + ((ulong)depth * FakeThread.FrameSize));

    private StackStatus Decode() => _reader.Decode(ReadAll());

    private byte[] ReadAll()
    {
        byte[] bytes = new byte[_reader.ByteCount];
        Assert.Equal(bytes.Length, _thread.ReadMany(_reader.Ranges, bytes));
        return bytes;
    }
}
