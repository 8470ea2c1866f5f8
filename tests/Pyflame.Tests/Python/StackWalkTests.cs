using Pyflame.Processes;
using Pyflame.Python;

namespace Pyflame.Tests.Python;

/// <summary>Stacks found in the copy of the data stack itself, whatever the thread state leads to.</summary>
public sealed class StackWalkTests : WalkTests
{
    public StackWalkTests()
        : base(FakeThread.Of(3, 12), returnOpcode: 83)
    {
    }

    [Theory]
    [InlineData(5)]
    [InlineData(9)]
    public void Frames_of_calls_made_meanwhile_are_found(int current)
    {
        Thread.SetCurrent(FrameAddress(current).Value);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(Depth);
    }

    [Fact]
    public void The_frame_that_theThread_state_leads_to_may_be_gone()
    {
        Write(4, Call, isRunning: true);
        Write(5, Return);
        Thread.WriteFrame(FrameAddress(Depth - 1).Value, 0x1234, 0x5678, 0x9abc);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(5);
    }

    [Fact]
    public void What_a_frame_that_runs_seems_to_call_may_be_any_bytes()
    {
        Write(4, Call, isRunning: true);
        Thread.WriteFrame(FrameAddress(5).Value, 0x1234, 0x5678, 0x9abc);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(5);
    }

    /// <summary>A frame is copied after the one that calls it: it may have been called since, or be of another call than the one that was begun.</summary>
    [Fact]
    public void What_a_frame_that_runs_seems_to_have_called_without_C_code_is_not_live()
    {
        Write(4, Call, isRunning: true);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(5);
    }

    [Fact]
    public void Behind_a_frame_in_C_code_others_may_be_live()
    {
        // C code has called frame 5, which is about to go on with what it called.
        CallThroughC(5);
        Write(6, Return);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(6, isExact: false);
        Assert.Equal(CodeOf(6), Reader.Returned);
    }

    [Fact]
    public void Behind_a_frame_in_C_code_others_may_be_live_and_call_what_is_not_there_yet()
    {
        CallThroughC(5);
        Thread.WriteFrame(FrameAddress(6).Value, 0x1234, 0x5678, 0x9abc);

        Decode();

        Assert.True(Reader.IsAmbiguous);
    }

    [Fact]
    public void Behind_a_frame_in_C_code_a_function_that_was_never_seen_may_be_live()
    {
        CallThroughC(5);
        Thread.WriteFrame(FrameAddress(5).Value, NewCode.Value, Entry, NewCode.Value + (ulong)Thread.Offsets.CodeObject.CodeAdaptive + Call);
        Mark(FrameAddress(5), isRunning: true);
        Write(6, Return);

        Assert.Equal(StackStatus.Complete, Decode());

        Assert.True(Reader.IsExact);
        Assert.Equal(FrameAddress(5), Reader.Frames[^1].Address);
        Assert.Equal(NewCode, Reader.Frames[^1].Code);
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
        Assert.Equal(CodeOf(7), Reader.Returned);
    }

    [Fact]
    public void A_generator_between_two_frames_is_found()
    {
        WriteGenerator(caller: 6, isRunning: false);
        Write(7, Call, previous: Generator);

        Assert.Equal(StackStatus.Missed, Decode());
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, Reader));
        Assert.Equal(StackStatus.Complete, Decode());

        Assert.True(Reader.IsExact);
        Assert.Equal(Depth + 1, Reader.Depth);
        Assert.Equal(new RemoteAddress(Generator), Reader.Frames[7].Address);
    }

    [Fact]
    public void A_generator_that_runs_is_the_innermost()
    {
        WriteGenerator(caller: 6, isRunning: false);
        Write(7, Call, previous: Generator);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, Reader));

        // The thread state still leads to what the generator had called.
        WriteGenerator(caller: 6, isRunning: true);
        Write(7, Return, previous: Generator);
        Assert.Equal(StackStatus.Complete, Decode());

        Assert.True(Reader.IsExact);
        Assert.Equal(8, Reader.Depth);
        Assert.Equal(new RemoteAddress(Generator), Reader.Frames[^1].Address);
    }

    [Fact]
    public void A_generator_that_was_not_one_when_it_was_read_proves_nothing()
    {
        WriteGenerator(caller: 6, isRunning: false);
        Write(7, Call, previous: Generator);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, Reader));

        Thread.WriteFrame(Generator, 0x1234, 0x5678, 0x9abc);
        Decode();

        Assert.True(Reader.IsAmbiguous);
    }

    [Fact]
    public void A_generator_that_C_code_runs_is_the_innermost()
    {
        Thread.WriteFrame(Entry, 0, FrameAddress(6).Value, 0, owner: 3);
        Thread.WriteFrame(Generator, GeneratorCode.Value, Entry, InstructionIn(GeneratorCode, Call), owner: 1);
        Mark(new RemoteAddress(Generator), isRunning: true);
        Write(6, Call, isRunning: true);
        Write(7, Return);
        Thread.SetCurrent(Generator);

        Assert.Equal(StackStatus.Missed, Decode());
        Assert.Equal(StackStatus.Complete, new StackProof().TryRead(Thread, Reader, 1));
        Assert.Equal(StackStatus.Complete, Decode());

        Assert.True(Reader.IsExact);
        Assert.False(Reader.IsAmbiguous);
        Assert.Equal(new RemoteAddress(Generator), Reader.Frames[^1].Address);
        Assert.Equal(FrameAddress(6), Reader.Frames[^3].Address);
        Assert.True(Reader.IsGenerator(Reader.Depth - 1));
        Assert.False(Reader.IsGenerator(Reader.Depth - 3));
    }

    /// <summary>What lies where a generator did leads anywhere; it is not read with every sample from then on.</summary>
    [Fact]
    public void Of_a_generator_that_has_ended_nothing_but_its_place_is_kept()
    {
        const ulong Other = FakeThread.HeapAddress + 2048;
        Thread.WriteFrame(Generator, CodeOf(0).Value, Other, 0, owner: 1);
        Thread.WriteFrame(Other, CodeOf(1).Value, Other, 0, owner: 1);
        Thread.SetCurrent(Generator);
        byte[] sample = ReadAll();
        Assert.Equal(StackStatus.Missed, Reader.Decode(sample));

        Reader.Learn(Thread, sample);

        RemoteAddress[] heap = [.. Reader.Ranges.ToArray().Select(range => range.Address).Where(address => address.Value is >= FakeThread.HeapAddress and < FakeThread.HeapAddress + 4096)];
        Assert.Equal([new RemoteAddress(Generator)], heap);
    }

    [Fact]
    public void A_stack_found_without_the_frame_that_theThread_state_leads_to_says_so()
    {
        const ulong CFrame = FakeThread.HeapAddress + 2048;
        Thread.Write(FakeThread.ThreadStateAddress + (ulong)Thread.Offsets.ThreadState.CFrame, CFrame);
        byte[] sample = ReadAll();

        Assert.Equal(StackStatus.Complete, Reader.Decode(sample));

        AssertStack(Depth);
        Assert.True(Reader.LacksCurrent);

        // What there is is read the next time.
        Thread.Write(CFrame + (ulong)Thread.Offsets.ThreadState.CurrentFrameInCFrame, FrameAddress(Depth - 1).Value);
        Assert.True(Reader.Learn(Thread, sample));
        Assert.Equal(StackStatus.Complete, Decode());
        Assert.False(Reader.LacksCurrent);
    }

    [Fact]
    public void Entry_frames_need_not_be_read()
    {
        Thread.WriteFrame(Entry, 0, FrameAddress(4).Value, 0, owner: 3);
        Write(5, Call, previous: Entry);
        Write(4, Call, isRunning: true);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, Reader));

        // It is written anew for each call, and may be of another one in the copy.
        Thread.WriteFrame(Entry, 0x1234, 0x5678, 0x9abc);
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

        Thread.SetTop(FakeThread.ChunkAddress, FrameAddress(deep).Value);
        byte[] sample = ReadAll();
        Assert.Equal(StackStatus.Missed, Reader.Decode(sample));
        Assert.True(Reader.Learn(Thread, sample));

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(deep);
    }

    [Fact]
    public void What_is_left_behind_a_frame_that_returns_is_none_of_its_destructors()
    {
        Write(7, Return);
        Write(8, Call, previous: FrameAddress(7).Value, isRunning: true);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(7, isExact: false);
        Assert.Equal(CodeOf(7), Reader.Returned);
    }

    [Fact]
    public void A_destructor_lies_behind_the_frame_that_returns_and_is_called_by_its_caller()
    {
        // Two of them, one called by the other.
        Thread.WriteFrame(Entry, 0, FrameAddress(6).Value, 0, owner: 3);
        Write(7, Return);
        Write(8, Call, previous: Entry);
        Write(9, Call, isRunning: true);
        Thread.WriteFrame(FrameAddress(10).Value, 0x1234, 0x5678, 0x9abc);
        Thread.SetCurrent(FrameAddress(9).Value);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, Reader));

        Assert.Equal(StackStatus.Complete, Decode());

        AssertDestructor();
    }

    [Fact]
    public void A_destructor_that_does_not_run_is_left_from_before()
    {
        Write(7, Return);
        Write(8, Call, previous: FrameAddress(6).Value);
        Write(9, Return);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(7, isExact: false);
    }

    /// <summary>Has C code call a frame that is called by another directly, and the entry frame that is between the two since 3.12 be read.</summary>
    private void CallThroughC(int callee)
    {
        Write(callee - 1, Call, isRunning: true);
        Thread.WriteFrame(Entry, 0, FrameAddress(callee - 1).Value, 0, owner: 3);
        Write(callee, Call, previous: Entry);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, Reader));
        Assert.Equal(StackStatus.Complete, Decode());
        AssertStack(Depth);
    }
}
