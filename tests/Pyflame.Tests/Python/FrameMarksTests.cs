using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python;

namespace Pyflame.Tests.Python;

/// <summary>Stacks whose frames are of another moment than the thread state: which frame runs says what the stack was.</summary>
public sealed class FrameMarksTests
{
    private const int Depth = 20;

    [Theory]
    [InlineData(3, 11)]
    [InlineData(3, 12)]
    public void A_stack_whose_innermost_frame_runs_is_exact(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, Depth);
        StackReader reader = Decode(thread);

        Assert.True(reader.TellsExactly);
        Assert.True(reader.IsExact);
        Assert.Equal(Depth, reader.Depth);
    }

    [Theory]
    [InlineData(3, 11)]
    [InlineData(3, 12)]
    public void What_a_frame_that_runs_seems_to_call_has_returned(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, Depth);
        StackReader reader = Decode(thread);
        Mark(thread, Depth - 1, isRunning: false);
        Mark(thread, 7, isRunning: true);

        Assert.Equal(StackStatus.Complete, reader.Decode(ReadAll(thread, reader)));

        Assert.True(reader.IsExact);
        Assert.Equal(8, reader.Depth);
        Assert.Equal(CodeOf(7), reader.Frames[^1].Code);
    }

    [Theory]
    [InlineData(3, 11)]
    [InlineData(3, 12)]
    public void What_the_innermost_frame_has_called_meanwhile_is_found_behind_it(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, Depth);
        thread.SetCurrent(FrameAddress(11).Value);

        StackReader reader = Decode(thread);

        Assert.True(reader.IsExact);
        Assert.Equal(Depth, reader.Depth);
        for (int i = 0; i < Depth; i++)
        {
            Assert.Equal(new RawFrame(FrameAddress(i), CodeOf(i), (ulong)(i * 2)), reader.Frames[i]);
        }
    }

    [Theory]
    [InlineData(3, 11)]
    [InlineData(3, 12)]
    public void A_stack_of_which_no_frame_runs_is_not_exact_and_stays_as_it_is(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, Depth);
        Mark(thread, Depth - 1, isRunning: false);

        StackReader reader = Decode(thread);

        Assert.False(reader.IsExact);
        Assert.Equal(Depth, reader.Depth);
    }

    [Fact]
    public void A_frame_that_runs_C_code_may_have_a_Python_frame_behind_an_entry_frame()
    {
        FakeThread thread = MakeThread(3, 12, Depth);
        thread.Map(FakeThread.HeapAddress, 4096);
        thread.WriteFrame(FakeThread.HeapAddress, 0, FrameAddress(9).Value, 0, owner: 3);
        thread.WriteFrame(FrameAddress(10).Value, CodeOf(10).Value, FakeThread.HeapAddress, 20);
        Mark(thread, 9, isRunning: true);

        StackReader reader = Decode(thread);

        Assert.True(reader.IsExact);
        Assert.Equal(Depth + 1, reader.Depth);
    }

    [Fact]
    public void A_frame_that_C_code_entered_says_so_itself_on_3_11()
    {
        FakeThread thread = MakeThread(3, 11, Depth);
        thread.WriteByte(FrameAddress(10).Value + (ulong)thread.Offsets.Frame.IsEntry, 1);
        Mark(thread, 9, isRunning: true);

        StackReader reader = Decode(thread);

        Assert.True(reader.IsExact);
        Assert.Equal(Depth, reader.Depth);
    }

    [Fact]
    public void Entry_frames_far_from_each_other_are_all_read()
    {
        const ulong Far = 0x4000_0000;
        FakeThread thread = MakeThread(3, 12, Depth);
        thread.Map(FakeThread.HeapAddress, 4096);
        thread.Map(Far, 4096);
        thread.WriteFrame(FakeThread.HeapAddress, 0, FrameAddress(4).Value, 0, owner: 3);
        thread.WriteFrame(FrameAddress(5).Value, CodeOf(5).Value, FakeThread.HeapAddress, 10);
        StackReader reader = Decode(thread);
        Assert.Equal(Depth + 1, reader.Depth);

        thread.WriteFrame(Far, 0, FrameAddress(9).Value, 0, owner: 3);
        thread.WriteFrame(FrameAddress(10).Value, CodeOf(10).Value, Far, 20);

        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(thread, reader));
        Assert.Equal(Depth + 2, reader.Depth);
        Assert.Equal(StackStatus.Complete, new StackProof().TryRead(thread, reader, 1));
    }

    [Fact]
    public void A_copy_in_which_no_frame_runs_and_little_has_changed_is_of_a_call_that_begins_or_ends()
    {
        FakeThread thread = MakeThread(3, 12, Depth);
        StackReader reader = Decode(thread);
        Assert.False(reader.IsBetweenCalls);

        Mark(thread, Depth - 1, isRunning: false);
        Assert.Equal(StackStatus.Complete, reader.Decode(ReadAll(thread, reader)));
        Assert.False(reader.IsExact);
        Assert.True(reader.IsBetweenCalls);

        thread.WriteFrame(FrameAddress(3).Value, CodeOf(3).Value, FrameAddress(2).Value, 8);
        Assert.Equal(StackStatus.Complete, reader.Decode(ReadAll(thread, reader)));
        Assert.False(reader.IsBetweenCalls);
    }

    [Fact]
    public void Frames_one_behind_the_other_were_copied_at_one_moment()
    {
        FakeThread thread = MakeThread(3, 12, Depth);
        StackReader reader = Decode(thread);
        Assert.True(reader.IsOfOneMoment);

        StackReader withGenerator = Decode(CallThroughGenerator());
        Assert.True(withGenerator.IsExact);
        Assert.Equal(Depth + 1, withGenerator.Depth);
        Assert.False(withGenerator.IsOfOneMoment);
    }

    [Fact]
    public void The_entry_frame_below_the_outermost_frame_is_not_read_again()
    {
        FakeThread thread = EnterFromC();
        StackReader reader = Decode(thread);
        Assert.Equal(Depth, reader.Depth);
        Assert.Equal(CodeOf(0), reader.Frames[0].Code);

        Assert.True(reader.TryNarrow());
        Assert.DoesNotContain(reader.Narrowed.Ranges.ToArray(), range => range.Contains(new RemoteAddress(FakeThread.HeapAddress)));
        for (int i = 0; i < 3000; i++)
        {
            Assert.Equal(StackStatus.Complete, reader.Decode(ReadAll(thread, reader)));
        }

        Assert.DoesNotContain(reader.Ranges.ToArray(), range => range.Contains(new RemoteAddress(FakeThread.HeapAddress)));
        Assert.Equal(Depth, reader.Depth);
    }

    [Fact]
    public void An_entry_frame_that_lies_where_the_one_below_the_outermost_frame_was_is_followed()
    {
        FakeThread thread = EnterFromC();
        StackReader reader = Decode(thread);

        // Entered anew from further out: another function, which calls through C code.
        thread.WriteFrame(FrameAddress(0).Value, CodeOf(30).Value, 0, 0);
        thread.WriteFrame(FakeThread.HeapAddress, 0, FrameAddress(0).Value, 0, owner: 3);
        thread.WriteFrame(FrameAddress(1).Value, CodeOf(1).Value, FakeThread.HeapAddress, 2);

        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(thread, reader));
        Assert.Equal(Depth + 1, reader.Depth);
        Assert.Equal(CodeOf(30), reader.Frames[0].Code);
        Assert.Equal(new RemoteAddress(FakeThread.HeapAddress), reader.Frames[1].Address);
        Assert.Equal(CodeOf(1), reader.Frames[2].Code);
    }

    [Theory]
    [InlineData(3, 11)]
    [InlineData(3, 12)]
    public void Two_equal_copies_prove_no_stack_in_which_a_caller_runs(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, Depth);
        StackReader reader = Decode(thread);
        Assert.True(reader.Confirm(ReadAll(thread, reader)));

        // The innermost frame may go on, but then the second copy is looked at by itself.
        Mark(thread, Depth - 1, isRunning: false);
        StackReader inexact = Decode(thread);
        Mark(thread, 7, isRunning: true);

        Assert.False(inexact.Confirm(ReadAll(thread, inexact)));
    }

    [Fact]
    public void A_read_that_takes_a_fifth_longer_than_the_fastest_is_slow()
    {
        var pace = new ReadPace();

        Assert.True(pace.IsSlow(5, 1000), "nothing is known of the first");
        Assert.False(pace.IsSlow(5, 1000));
        Assert.False(pace.IsSlow(5, 1200));
        Assert.True(pace.IsSlow(5, 1300));
        Assert.True(pace.IsSlow(6, 1000), "another size");
        Assert.False(pace.IsSlow(5, 900));
        Assert.True(pace.IsSlow(5, 1100));
    }

    [Fact]
    public void Where_all_reads_have_become_slower_that_is_the_pace()
    {
        var pace = new ReadPace();
        pace.IsSlow(5, 1000);
        int slow = 0;
        while (pace.IsSlow(5, 2000))
        {
            slow++;
        }

        Assert.InRange(slow, 10, 200);
    }

    /// <summary>A thread whose outermost frame was entered from C code, and so has an entry frame below it.</summary>
    private static FakeThread EnterFromC()
    {
        FakeThread thread = MakeThread(3, 12, Depth);
        thread.Map(FakeThread.HeapAddress, 4096);
        thread.WriteFrame(FakeThread.HeapAddress, 0, 0, 0, owner: 3);
        thread.WriteFrame(FrameAddress(0).Value, CodeOf(0).Value, FakeThread.HeapAddress, 0);
        return thread;
    }

    /// <summary>As <see cref="EnterFromC"/>; frame 4 has called frame 5 through a generator, whose frame lies by itself.</summary>
    private static FakeThread CallThroughGenerator()
    {
        FakeThread thread = EnterFromC();
        const ulong Generator = FakeThread.HeapAddress + 1024;
        thread.WriteFrame(Generator, CodeOf(40).Value, FrameAddress(4).Value, 0, owner: 1);
        thread.WriteFrame(FrameAddress(5).Value, CodeOf(5).Value, Generator, 10);
        return thread;
    }

    private static FakeThread MakeThread(int major, int minor, int depth)
    {
        var thread = new FakeThread(FakeThread.Of(major, minor));
        thread.AddChunk(FakeThread.ChunkAddress, 0);
        for (int i = 0; i < depth; i++)
        {
            thread.WriteFrame(
                FrameAddress(i).Value, CodeOf(i).Value, i == 0 ? 0 : FrameAddress(i - 1).Value, (ulong)(i * 2));
            Mark(thread, i, isRunning: i == depth - 1);
        }

        thread.SetTop(FakeThread.ChunkAddress, FrameAddress(depth).Value);
        thread.SetCurrent(FrameAddress(depth - 1).Value);
        return thread;
    }

    /// <summary>Says of a frame whether it runs, by its <c>stacktop</c>.</summary>
    private static void Mark(FakeThread thread, int depth, bool isRunning)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, isRunning ? -1 : 2);
        for (int i = 0; i < bytes.Length; i++)
        {
            thread.WriteByte(FrameAddress(depth).Value + (ulong)(thread.Offsets.Frame.StackTop + i), bytes[i]);
        }
    }

    private static StackReader Decode(FakeThread thread)
    {
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));
        new StackProof().ReadStopped(thread, reader);
        Assert.Equal(StackStatus.Complete, reader.Decode(ReadAll(thread, reader)));
        return reader;
    }

    private static byte[] ReadAll(FakeThread thread, StackReader reader)
    {
        byte[] bytes = new byte[reader.ByteCount];
        Assert.Equal(bytes.Length, thread.ReadMany(reader.Ranges, bytes));
        return bytes;
    }

    private static RemoteAddress CodeOf(int function) => new(0x7000_0000UL + ((ulong)function * 256));

    private static RemoteAddress FrameAddress(int depth) =>
        new(FakeThread.ChunkAddress + 24 + ((ulong)depth * FakeThread.FrameSize));
}
