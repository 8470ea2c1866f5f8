using Pyflame.Processes;

namespace Pyflame.Tests.Processes;

public sealed class RangeReaderTests
{
    private const int Limit = 64 * 1024;
    private readonly RangeReader _reader = new();

    [Fact]
    public void Joins_ranges_less_than_a_page_apart_and_gives_their_bytes_in_order()
    {
        _reader.Plan([Range(0x1800, 2), Range(0x1802 + 4095, 1), Range(0x1100, 3), Range(0x1101, 1), Range(0x2801, 1)], Limit);
        Assert.Equal(1, _reader.PieceCount);
        byte[] bytes = new byte[8];
        Assert.Equal(8, _reader.Read(MemoryAt(0x1000, 0x3000), bytes));
        Assert.Equal(
            [
                ByteAt(0x1800), ByteAt(0x1801), ByteAt(0x2801), ByteAt(0x1100), ByteAt(0x1101), ByteAt(0x1102), ByteAt(0x1101),
                ByteAt(0x2801),
            ],
            bytes);
    }

    [Fact]
    public void Leaves_apart_what_is_a_page_apart()
    {
        _reader.Plan(
            [Range(0x1800, 2), Range(0x1802 + 4096, 1), Range(0x9000, 1), Range(0x9001, 1), Range(0x9002, 1), Range(0x9003, 1), Range(0x9004, 1)],
            Limit);
        Assert.Equal(3, _reader.PieceCount);
        byte[] bytes = new byte[8];
        Assert.Equal(8, _reader.Read(MemoryAt(0x1000, 0xA000), bytes));
        Assert.Equal(
            [
                ByteAt(0x1800), ByteAt(0x1801), ByteAt(0x2802), ByteAt(0x9000), ByteAt(0x9001), ByteAt(0x9002), ByteAt(0x9003),
                ByteAt(0x9004),
            ],
            bytes);
    }

    [Fact]
    public void Keeps_pieces_to_the_size_asked_for()
    {
        _reader.Plan([.. Enumerable.Range(0, 12).Select(i => Range(0x1000 + ((ulong)i * 100), 100))], 300);
        Assert.Equal(4, _reader.PieceCount);
    }

    [Fact]
    public void Does_not_join_what_saves_little()
    {
        _reader.Plan([Range(0x1000, 2), Range(0x1002, 2), Range(0x1004, 2), Range(0x1006, 2)], Limit);
        Assert.Equal(4, _reader.PieceCount);
        byte[] bytes = new byte[8];
        Assert.Equal(8, _reader.Read(MemoryAt(0x1000, 0x2000), bytes));
        Assert.Equal(Enumerable.Range(0x1000, 8).Select(ByteAt), bytes);
    }

    [Fact]
    public void Reads_the_ranges_alone_where_a_piece_cannot_be_read()
    {
        SnapshotMemory memory = new(
            [.. Enumerable.Range(0, 5).Select(i => (new RemoteAddress(0x1000 + ((ulong)i * 16)), new byte[] { (byte)i, 9 }))]);
        byte[] bytes = new byte[10];
        _reader.Plan([.. Enumerable.Range(0, 5).Select(i => Range(0x1000 + ((ulong)i * 16), 2))], Limit);
        Assert.Equal(1, _reader.PieceCount);
        Assert.Equal(10, _reader.Read(memory, bytes));
        Assert.Equal([0, 9, 1, 9, 2, 9, 3, 9, 4, 9], bytes);
        _reader.Plan([.. Enumerable.Range(0, 5).Select(i => Range(0x1001 + ((ulong)i * 16), 2))], Limit);
        Assert.Equal(1, _reader.Read(memory, bytes));
    }

    [Fact]
    public void Does_not_join_around_the_end_of_the_address_space()
    {
        _reader.Plan([Range(ulong.MaxValue - 1, 8), Range(2, 8), Range(0, 1), Range(1, 1), Range(2, 1), Range(3, 1)], Limit);
        Assert.Equal(2, _reader.PieceCount);
        Assert.Equal(0, _reader.Read(MemoryAt(0x1000, 0x2000), new byte[20]));
    }

    private static RemoteRange Range(ulong address, ulong length) => new(new RemoteAddress(address), length);

    private static byte ByteAt(int address) => (byte)((address * 7) + (address >> 8));

    private static SnapshotMemory MemoryAt(int start, int end) =>
        new([(new RemoteAddress((ulong)start), [.. Enumerable.Range(start, end - start).Select(ByteAt)])]);
}
