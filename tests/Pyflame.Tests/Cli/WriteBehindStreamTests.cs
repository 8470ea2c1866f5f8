using Pyflame.Cli.Output;

namespace Pyflame.Tests.Cli;

public sealed class WriteBehindStreamTests
{
    private const int Length = 1_000_003;

    [Fact]
    public void Everything_arrives_in_order()
    {
        byte[] bytes = [.. Enumerable.Range(0, Length).Select(index => (byte)(index * 31 / 7))];
        using var destination = new MemoryStream();
        using (var stream = new WriteBehindStream(destination))
        {
            foreach (byte[] part in bytes.Chunk(70_001))
            {
                stream.Write(part);
            }

            stream.Flush();
        }

        Assert.Equal(bytes, destination.ToArray());
    }

    [Fact]
    public void What_the_destination_throws_comes_out_and_the_rest_is_given_up()
    {
        using var destination = new FullDisk();
        using (var stream = new WriteBehindStream(destination))
        {
            Assert.Equal("The disk is full.", Assert.Throws<IOException>(() =>
            {
                stream.Write(new byte[Length]);
                stream.Flush();
            }).Message);
        }

        Assert.Equal(1, destination.Writes);
    }

    private sealed class FullDisk : MemoryStream
    {
        public int Writes { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Writes++;
            throw new IOException("The disk is full.");
        }
    }
}
