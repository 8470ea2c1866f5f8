using Pyflame.Processes;

namespace Pyflame.Tests.Processes;

public sealed class SnapshotMemoryTests
{
    private static readonly SnapshotMemory Sample = new([
        (new RemoteAddress(0x2000), [1, 2, 3, 4]),
        (new RemoteAddress(0x1000), [9]),
        (new RemoteAddress(0x2004), [5, 6]),
        (new RemoteAddress(0x2001), [20]),
    ]);

    [Fact]
    public void Joins_ranges_that_touch_and_believes_the_later_of_two() => Assert.Equal(
        [new RemoteRange(new RemoteAddress(0x1000), 1), new RemoteRange(new RemoteAddress(0x2000), 6)], Sample.Ranges);

    [Fact]
    public void Reads_inside_a_range_only()
    {
        byte[] bytes = new byte[3];
        Assert.True(Sample.TryRead(new RemoteAddress(0x2000), bytes));
        Assert.Equal([1, 20, 3], bytes);
        Assert.True(Sample.TryRead(new RemoteAddress(0x2003), bytes));
        Assert.Equal([4, 5, 6], bytes);
        Assert.False(Sample.TryRead(new RemoteAddress(0x2004), bytes));
        Assert.False(Sample.TryRead(new RemoteAddress(0x1fff), bytes));
        Assert.False(Sample.TryRead(new RemoteAddress(0xfff), bytes));
        Assert.False(Sample.TryRead(new RemoteAddress(ulong.MaxValue), bytes));
    }

    [Fact]
    public void Reads_many_up_to_the_first_byte_that_is_missing()
    {
        byte[] bytes = new byte[6];
        int count = Sample.ReadMany(
            [new(new RemoteAddress(0x1000), 1), new(new RemoteAddress(0x2004), 4), new(new RemoteAddress(0x2000), 1)], bytes);
        Assert.Equal(3, count);
        Assert.Equal([9, 5, 6], bytes[..3]);
        Assert.Equal(1, Sample.ReadMany([new(new RemoteAddress(0x1000), 1), new(new RemoteAddress(0x2000), ulong.MaxValue)], bytes));
    }

    [Fact]
    public void Comes_back_from_a_file_as_it_was()
    {
        using var first = new MemoryStream();
        Sample.Save(first);
        first.Position = 0;
        SnapshotMemory loaded = SnapshotMemory.Load(first);
        Assert.Equal(Sample.Ranges, loaded.Ranges);
        byte[] bytes = new byte[6];
        Assert.True(loaded.TryRead(new RemoteAddress(0x2000), bytes));
        Assert.Equal([1, 20, 3, 4, 5, 6], bytes);
        using var second = new MemoryStream();
        loaded.Save(second);
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Fact]
    public void Keeps_the_highest_address()
    {
        var snapshot = new SnapshotMemory([(new RemoteAddress(ulong.MaxValue - 1), [7])]);
        using var stream = new MemoryStream();
        snapshot.Save(stream);
        stream.Position = 0;
        Assert.True(SnapshotMemory.Load(stream).TryRead(new RemoteAddress(ulong.MaxValue - 1), out byte value));
        Assert.Equal(7, value);
    }

    [Fact]
    public void Refuses_a_damaged_file_with_one_kind_of_exception()
    {
        using var stream = new MemoryStream();
        Sample.Save(stream);
        byte[] good = stream.ToArray();
        var random = new Random(20260801);
        int refused = 0;
        for (int i = 0; i < 20000; i++)
        {
            byte[] bad = good[..random.Next(good.Length + 1)];
            for (int flips = random.Next(4); flips > 0 && bad.Length > 0; flips--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            try
            {
                SnapshotMemory.Load(new MemoryStream(bad));
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10000, 20000);
    }

    [Fact]
    public void Holds_just_what_was_read()
    {
        var recorder = new RecordingMemoryReader(Sample);
        Assert.True(recorder.TryRead(new RemoteAddress(0x2002), out byte _));
        Assert.False(recorder.TryRead(new RemoteAddress(0x3000), out byte _));
        byte[] bytes = new byte[4];
        Assert.Equal(3, recorder.ReadMany([new(new RemoteAddress(0x2004), 1), new(new RemoteAddress(0x2004), 3)], bytes));
        SnapshotMemory snapshot = recorder.ToSnapshot();
        Assert.Equal(
            [new RemoteRange(new RemoteAddress(0x2002), 1), new RemoteRange(new RemoteAddress(0x2004), 2)], snapshot.Ranges);
        Assert.True(snapshot.TryRead(new RemoteAddress(0x2004), out ushort value));
        Assert.Equal(0x0605, value);
    }
}
