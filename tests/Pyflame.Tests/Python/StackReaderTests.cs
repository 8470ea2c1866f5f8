using Pyflame.Processes;
using Pyflame.Python;

namespace Pyflame.Tests.Python;

public sealed class StackReaderTests
{
    public static TheoryData<int, int> Versions => new()
    {
        { 2, 6 }, { 2, 7 }, { 3, 1 }, { 3, 2 }, { 3, 3 }, { 3, 4 }, { 3, 5 }, { 3, 6 }, { 3, 7 }, { 3, 8 }, { 3, 9 }, { 3, 10 }, { 3, 11 }, { 3, 12 },
    };

    [Theory]
    [MemberData(nameof(Versions))]
    public void Follows_the_frames_from_the_outermost_to_the_innermost(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, 50);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));

        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(thread, reader));

        Assert.Equal(50, reader.Depth);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(new RawFrame(FrameAddress(thread, i), CodeOf(i), (ulong)(i * 2)), reader.Frames[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Reads_a_steady_thread_in_one_call_and_looks_only_at_what_changed(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, 50);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));
        var proof = new StackProof();
        proof.ReadStopped(thread, reader);
        proof.ReadStopped(thread, reader);
        reader.MarkSeen();
        thread.WriteFrame(FrameAddress(thread, 49).Value, CodeOf(777).Value, FrameAddress(thread, 48).Value, 14);

        int before = thread.Calls;
        Assert.Equal(StackStatus.Complete, proof.ReadStopped(thread, reader));

        Assert.Equal(1, thread.Calls - before);
        Assert.Equal(49, reader.UnchangedFrames);
        Assert.Equal(CodeOf(777), reader.Frames[49].Code);
        Assert.Equal(CodeOf(48), reader.Frames[48].Code);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Counts_as_unchanged_only_what_no_stack_since_the_mark_had_otherwise(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, 50);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));
        var proof = new StackProof();
        proof.ReadStopped(thread, reader);
        proof.ReadStopped(thread, reader);
        reader.MarkSeen();

        WriteFrame(thread, 10, 555);
        proof.ReadStopped(thread, reader);
        WriteFrame(thread, 49, 556);
        proof.ReadStopped(thread, reader);

        Assert.Equal(10, reader.UnchangedFrames);
        Assert.Equal(CodeOf(555), reader.Frames[10].Code);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Follows_a_stack_that_grows_and_shrinks(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, 50);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));
        var proof = new StackProof();
        foreach (int depth in new[] { 3, 50, 1, 20, 50, 0, 49 })
        {
            thread.SetCurrent(depth == 0 ? 0 : FrameAddress(thread, depth - 1).Value);
            if (thread.Offsets.HasInterpreterFrames)
            {
                thread.SetTop(FakeThread.ChunkAddress, FakeThread.ChunkAddress + 24 + (ulong)(depth * FakeThread.FrameSize));
            }

            Assert.Equal(StackStatus.Complete, proof.ReadStopped(thread, reader));
            Assert.Equal(depth, reader.Depth);
            for (int i = 0; i < depth; i++)
            {
                Assert.Equal(CodeOf(i), reader.Frames[i].Code);
            }
        }
    }

    [Fact]
    public void Leaves_out_what_the_interpreter_pushes_for_itself_but_keeps_generators()
    {
        FakeThread thread = MakeThread(3, 12, 3);
        thread.Map(FakeThread.HeapAddress, 4096);
        ulong generator = FakeThread.HeapAddress;
        ulong shim = FakeThread.HeapAddress + 256;
        thread.WriteFrame(shim, 0, FrameAddress(thread, 2).Value, 0, owner: 3);
        thread.WriteFrame(generator, CodeOf(90).Value, shim, 8, owner: 1);
        thread.SetCurrent(generator);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));

        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(thread, reader));

        Assert.Equal(
            [CodeOf(0), CodeOf(1), CodeOf(2), RemoteAddress.Null, CodeOf(90)],
            reader.Frames.ToArray().Select(frame => frame.Code));
    }

    [Fact]
    public void Follows_a_data_stack_of_several_chunks()
    {
        FakeThread thread = MakeThread(3, 12, 100);
        const ulong Second = FakeThread.ChunkAddress + 0x10_0000;
        thread.Write(FakeThread.ChunkAddress + 16, 100 * FakeThread.FrameSize / 8);
        thread.AddChunk(Second, FakeThread.ChunkAddress);
        ulong previous = FrameAddress(thread, 99).Value;
        for (int i = 0; i < 60; i++)
        {
            ulong frame = Second + 24 + (ulong)(i * FakeThread.FrameSize);
            thread.WriteFrame(frame, CodeOf(100 + i).Value, previous, 2);
            previous = frame;
        }

        thread.SetTop(Second, previous + FakeThread.FrameSize);
        thread.SetCurrent(previous);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));
        var proof = new StackProof();

        Assert.Equal(StackStatus.Complete, proof.ReadStopped(thread, reader));
        Assert.Equal(Enumerable.Range(0, 160).Select(CodeOf), reader.Frames.ToArray().Select(frame => frame.Code));

        // The newer chunk is given back when the stack shrinks.
        thread.Unmap(Second);
        thread.SetTop(FakeThread.ChunkAddress, FakeThread.ChunkAddress + 24 + (100 * FakeThread.FrameSize));
        thread.SetCurrent(FrameAddress(thread, 99).Value);
        Assert.Equal(StackStatus.Complete, proof.ReadStopped(thread, reader));
        Assert.Equal(100, reader.Depth);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Calls_a_stack_torn_that_runs_in_a_circle(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, 10);
        thread.WriteFrame(FrameAddress(thread, 0).Value, CodeOf(0).Value, FrameAddress(thread, 9).Value, 0);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));
        Assert.Equal(StackStatus.Torn, new StackProof().ReadStopped(thread, reader));

        WriteFrame(thread, 0, 0);
        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(thread, reader));

        Assert.Equal(10, reader.Depth);
    }

    [Fact]
    public void Nothing_of_a_stack_that_was_cut_is_taken_for_the_bottom_of_the_next()
    {
        const int Depth = StackReader.MaxDepth + 10;
        FakeThread thread = MakeThread(3, 8, Depth);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));
        Assert.Equal(StackStatus.Truncated, new StackProof().ReadStopped(thread, reader));
        Assert.Equal(CodeOf(10), reader.Frames[0].Code);

        // Where it lies is not known yet, so all is laid out anew, and none of the frames before it has changed.
        WriteFrame(thread, Depth, Depth);
        thread.SetCurrent(FrameAddress(thread, Depth).Value);
        Assert.Equal(StackStatus.Truncated, new StackProof().ReadStopped(thread, reader));

        Assert.Equal(StackReader.MaxDepth, reader.Depth);
        Assert.Equal(CodeOf(11), reader.Frames[0].Code);
        Assert.Equal(CodeOf(Depth), reader.Frames[^1].Code);
    }

    [Fact]
    public void Calls_a_stack_torn_whose_code_is_no_address_of_an_object()
    {
        FakeThread thread = MakeThread(3, 8, 10);
        thread.WriteFrame(FrameAddress(thread, 4).Value, 0x1234_5679, FrameAddress(thread, 3).Value, 0);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));

        Assert.Equal(StackStatus.Torn, new StackProof().ReadStopped(thread, reader));
    }

    [Fact]
    public void Says_that_a_thread_is_gone_whose_state_cannot_be_read()
    {
        FakeThread thread = MakeThread(3, 12, 10);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));
        var proof = new StackProof();
        proof.ReadStopped(thread, reader);
        thread.Unmap(FakeThread.ThreadStateAddress);

        Assert.Equal(StackStatus.ThreadGone, proof.ReadStopped(thread, reader));
        Assert.Equal(StackStatus.ThreadGone, proof.TryRead(thread, reader, 3));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Proves_a_stack_that_stands_still(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, 50);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));

        Assert.Equal(StackStatus.Complete, new StackProof().TryRead(thread, reader, 1));

        Assert.Equal(50, reader.Depth);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Confirms_a_stack_only_where_every_frame_is_the_same(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, 50);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));
        new StackProof().ReadStopped(thread, reader);
        byte[] sample = ReadAll(thread, reader);
        Assert.Equal(StackStatus.Complete, reader.Decode(sample));

        thread.WriteFrame(FrameAddress(thread, 49).Value, CodeOf(49).Value, FrameAddress(thread, 48).Value, 1234);
        Assert.True(reader.Confirm(ReadAll(thread, reader)), "the innermost frame may go on to another instruction");

        WriteFrame(thread, 20, 20, instruction: 1234);
        Assert.False(reader.Confirm(ReadAll(thread, reader)), "a caller at another instruction is another call");

        WriteFrame(thread, 20, 21);
        Assert.False(reader.Confirm(ReadAll(thread, reader)), "other code");

        WriteFrame(thread, 20, 20);
        Assert.True(reader.Confirm(ReadAll(thread, reader)));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Allocates_nothing_for_a_steady_thread(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, 50);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));
        new StackProof().ReadStopped(thread, reader);
        byte[] one = ReadAll(thread, reader);
        WriteFrame(thread, 49, 99);
        byte[] other = ReadAll(thread, reader);
        reader.Decode(one);
        reader.Decode(other);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                reader.Decode(i % 2 == 0 ? one : other);
            }
        }));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Ends_whatever_the_bytes_are(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, 50);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));
        var proof = new StackProof();
        proof.ReadStopped(thread, reader);
        byte[] good = ReadAll(thread, reader);
        var random = new Random(42);
        for (int round = 0; round < 2000; round++)
        {
            byte[] sample = [.. good];
            for (int change = 0; change <= round % 8; change++)
            {
                sample[random.Next(sample.Length)] = (byte)random.Next(256);
            }

            if (reader.ByteCount == sample.Length && reader.Decode(sample) == StackStatus.Missed)
            {
                reader.Learn(thread, sample);
            }

            Assert.InRange(reader.Depth, 0, StackReader.MaxDepth);
        }

        Assert.Equal(StackStatus.Complete, proof.ReadStopped(thread, reader));
        Assert.Equal(50, reader.Depth);
    }

    [Theory]
    [InlineData(3, 11)]
    [InlineData(3, 12)]
    public void A_data_stack_that_claims_more_than_can_be_takes_no_memory(int major, int minor)
    {
        const ulong Claimed = 60 << 20;
        FakeThread thread = MakeThread(major, minor, 50);
        thread.Write(FakeThread.ChunkAddress + 8, Claimed);
        thread.SetTop(FakeThread.ChunkAddress, FakeThread.ChunkAddress + Claimed);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(StackStatus.Torn, new StackProof().ReadStopped(thread, reader));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(3, 11)]
    [InlineData(3, 12)]
    public void Chunks_that_lead_in_a_circle_end(int major, int minor)
    {
        FakeThread thread = MakeThread(major, minor, 50);
        thread.Write(FakeThread.ChunkAddress, FakeThread.ChunkAddress);
        thread.Write(FakeThread.ChunkAddress + 16, (FakeThread.ChunkSize - 24) / 8);
        var reader = new StackReader(thread.Offsets, new RemoteAddress(FakeThread.ThreadStateAddress));

        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(thread, reader));

        Assert.Equal(50, reader.Depth);
        Assert.InRange(reader.ByteCount, 0, 17 << 20);
    }

    private static byte[] ReadAll(FakeThread thread, StackReader reader)
    {
        byte[] bytes = new byte[reader.ByteCount];
        Assert.Equal(bytes.Length, thread.ReadMany(reader.Ranges, bytes));
        return bytes;
    }

    private static RemoteAddress CodeOf(int function) => new(0x7000_0000UL + ((ulong)function * 256));

    private static RemoteAddress FrameAddress(FakeThread thread, int depth) => new(
        thread.Offsets.HasInterpreterFrames
            ? FakeThread.ChunkAddress + 24 + ((ulong)depth * FakeThread.FrameSize)
            : FakeThread.HeapAddress + ((ulong)depth * 1024));

    private static void WriteFrame(FakeThread thread, int depth, int function, int? instruction = null) => thread.WriteFrame(
        FrameAddress(thread, depth).Value,
        CodeOf(function).Value,
        depth == 0 ? 0 : FrameAddress(thread, depth - 1).Value,
        (ulong)(instruction ?? depth * 2));

    private static FakeThread MakeThread(int major, int minor, int depth)
    {
        var thread = new FakeThread(FakeThread.Of(major, minor));
        if (thread.Offsets.HasInterpreterFrames)
        {
            thread.AddChunk(FakeThread.ChunkAddress, 0);
            thread.SetTop(FakeThread.ChunkAddress, FakeThread.ChunkAddress + 24 + (ulong)(depth * FakeThread.FrameSize));
        }
        else
        {
            thread.Map(FakeThread.HeapAddress, 1024 * (depth + 1));
        }

        for (int i = 0; i < depth; i++)
        {
            WriteFrame(thread, i, i);
        }

        thread.SetCurrent(FrameAddress(thread, depth - 1).Value);
        return thread;
    }
}
