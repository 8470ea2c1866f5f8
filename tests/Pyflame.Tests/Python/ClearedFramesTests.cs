using Pyflame.Processes;
using Pyflame.Python;

namespace Pyflame.Tests.Python;

/// <summary>Stacks of 3.14, whose frames do not tell whether they run, but have no code once they have ended.</summary>
public sealed class ClearedFramesTests : WalkTests
{
    public ClearedFramesTests()
        : base(DebugOffsetsTests.Parse(DebugOffsetsTables.Release314), returnOpcode: 35)
    {
    }

    [Theory]
    [InlineData(3)]
    [InlineData(Depth - 1)]
    public void The_last_frame_with_code_is_the_innermost(int current)
    {
        Thread.SetCurrent(FrameAddress(current).Value);
        Clear(8);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(8);
    }

    [Fact]
    public void A_frame_that_returns_is_none_though_it_has_code()
    {
        Write(7, Return);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(7, isExact: false);
        Assert.Equal(CodeOf(7), Reader.Returned);
    }

    [Fact]
    public void A_frame_that_is_being_set_up_is_about_to_be_called()
    {
        Thread.WriteFrame(FrameAddress(7).Value, CodeOf(7).Value, FrameAddress(6).Value, InstructionOf(2, Call));

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(7, isExact: false);
        Assert.Equal(CodeOf(7), Reader.Returned);
    }

    [Fact]
    public void A_frame_at_its_first_instruction_may_have_called_others()
    {
        // RESUME runs signal handlers.
        Write(7, Start);

        Assert.Equal(StackStatus.Complete, Decode());

        Assert.True(Reader.IsExact);
        Assert.Equal(Depth, Reader.Depth);
    }

    [Theory]
    [InlineData(0x20)]
    [InlineData(0x80)]
    [InlineData(0x200)]
    public void The_frame_that_made_a_generator_has_ended_though_it_has_code(int flag)
    {
        RemoteAddress maker = MakerOf(flag);
        Thread.WriteFrame(FrameAddress(7).Value, maker.Value, FrameAddress(6).Value, InstructionIn(maker, 2));

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(7);
        Assert.True(Reader.Returned.IsNull);
    }

    [Fact]
    public void Bytes_that_are_no_code_are_no_frame()
    {
        Thread.WriteFrame(FrameAddress(7).Value, 0x1230, FrameAddress(6).Value, 0x9abc);

        Assert.Equal(StackStatus.Complete, Decode());

        AssertStack(7);
    }

    [Fact]
    public void A_destructor_lies_behind_the_frame_that_returns_and_is_called_by_its_caller()
    {
        Thread.WriteFrame(Entry, 0, FrameAddress(6).Value, 0, owner: 3);
        Write(7, Return);
        Write(8, Call, previous: Entry);
        Clear(10);
        Thread.SetCurrent(FrameAddress(9).Value);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, Reader));

        Assert.Equal(StackStatus.Complete, Decode());

        AssertDestructor();
    }

    [Fact]
    public void A_generator_that_was_never_read_may_run_where_the_thread_has_moved_on()
    {
        Clear(8);

        Assert.Equal(StackStatus.Complete, Decode());
        Assert.True(Reader.MayLackGenerator);

        Thread.SetCurrent(FrameAddress(7).Value);
        Assert.Equal(StackStatus.Complete, Decode());
        Assert.False(Reader.MayLackGenerator);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_generator_is_the_innermost_if_the_thread_state_says_so_too(bool hasMovedOn)
    {
        WriteGenerator(caller: 6, isRunning: true);
        Clear(7);
        Thread.SetCurrent(Generator);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, Reader));
        if (hasMovedOn)
        {
            Thread.SetCurrent(FrameAddress(7).Value);
        }

        Assert.Equal(StackStatus.Complete, Decode());

        Assert.Equal(!hasMovedOn, Reader.IsExact);
        Assert.Equal(8, Reader.Depth);
        Assert.True(Reader.IsOfOneMoment);
    }

    [Fact]
    public void A_generator_that_is_suspended_does_not_run()
    {
        WriteGenerator(caller: 6, isRunning: true);
        Clear(7);
        Thread.SetCurrent(Generator);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(Thread, Reader));

        Thread.WriteFrame(Generator, GeneratorCode.Value, 0, InstructionIn(GeneratorCode, Call), owner: 1);
        Assert.Equal(StackStatus.Complete, Decode());
        AssertStack(7);
        Assert.False(Reader.MayLackGenerator);

        Thread.SetCurrent(FrameAddress(7).Value);
        Assert.Equal(StackStatus.Complete, Decode());
        Assert.True(Reader.MayLackGenerator);
        Assert.Equal([GeneratorCode], Reader.Suspended.ToArray());
    }

    private void Clear(int depth) => Thread.Write(FrameAddress(depth).Value + (ulong)Thread.Offsets.Frame.Code, 1);
}
