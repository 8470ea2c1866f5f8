using System.Buffers.Binary;
using System.Diagnostics;
using Pyflame.Processes.Xz;

namespace Pyflame.Tests.Processes.Xz;

public sealed class XzFileTests
{
    private const int Most = 1 << 20;

    // A part of what was run before a release; set the variable to run more.
    private static readonly int Inputs = int.TryParse(Environment.GetEnvironmentVariable("PYFLAME_FUZZ_INPUTS"), out int inputs) ? inputs : 3000;

    public static TheoryData<string, byte[], int> Samples => new()
    {
        { "default", XzSamples.Default, 1200 },
        { "no check", XzSamples.Unchecked, 1200 },
        { "blocks", XzSamples.Blocks, 1200 },
        { "SHA-256", XzSamples.OtherCheck, 1200 },
        { "stored", XzSamples.Stored, 200 },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void Unpacks_what_xz_packed(string name, byte[] file, int length)
    {
        var unpacked = new UnpackedBytes(Most);

        Assert.True(XzFile.TryUnpack(file, unpacked), name);

        Assert.Equal(XzSamples.Content(length), unpacked.Memory.ToArray());
    }

    [Theory]
    [InlineData("-9e")]
    [InlineData("-0")]
    [InlineData("--lzma2=preset=4,dict=4096,lc=0,lp=2,pb=1")]
    [InlineData("--lzma2=preset=4,lc=1,lp=3,pb=0", "--check=crc32", "--block-size=100000")]
    public void Unpacks_a_program(params string[] options)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/xz"), "There is no xz.");
        string program = typeof(XzFileTests).Assembly.Location;
        using var xz = Process.Start(new ProcessStartInfo("/usr/bin/xz", ["-c", "-k", .. options, program]) { RedirectStandardOutput = true })!;
        var file = new MemoryStream();
        xz.StandardOutput.BaseStream.CopyTo(file);
        xz.WaitForExit();
        Assert.Equal(0, xz.ExitCode);
        var unpacked = new UnpackedBytes(64 << 20);

        Assert.True(XzFile.TryUnpack(file.ToArray(), unpacked));

        Assert.True(File.ReadAllBytes(program).AsSpan().SequenceEqual(unpacked.Span));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Refuses_a_file_that_is_cut_off(string name, byte[] file, int length)
    {
        // What follows the index is not missed.
        int index = file.Length - 12;
        for (int cut = 0; cut < index; cut++)
        {
            var unpacked = new UnpackedBytes(Most);
            Assert.False(XzFile.TryUnpack(file.AsSpan(0, cut), unpacked), $"{name}, {cut} bytes");
            Assert.InRange(unpacked.Length, 0, length);
        }

        Assert.True(XzFile.TryUnpack(file.AsSpan(0, index), new UnpackedBytes(Most)));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Refuses_a_file_that_becomes_too_long(string name, byte[] file, int length)
    {
        Assert.True(XzFile.TryUnpack(file, new UnpackedBytes(length)), name);

        var unpacked = new UnpackedBytes(length - 1);

        Assert.False(XzFile.TryUnpack(file, unpacked), name);
        Assert.InRange(unpacked.Length, 0, length - 1);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_changed_bit_is_noticed_where_there_is_a_check(string name, byte[] file, int length)
    {
        byte[] content = XzSamples.Content(length);
        bool isChecked = file[7] is 1 or 4;
        for (int bit = 0; bit < (file.Length - 12) * 8; bit++)
        {
            byte[] bad = [.. file];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            var unpacked = new UnpackedBytes(Most);
            if (XzFile.TryUnpack(bad, unpacked) && isChecked)
            {
                // Padding counts for nothing.
                Assert.True(content.AsSpan().SequenceEqual(unpacked.Span), $"{name}, bit {bit}");
            }
        }
    }

    [Fact]
    public void Refuses_filters_that_it_does_not_know()
    {
        // LZMA2; then another filter, more than one, none that is known, one more property, and a flag that nobody knows.
        byte[] known = [0, 0x21, 1, 22, 0, 0, 0];
        foreach (byte[] filters in new byte[][]
            { known, [0, 0x03, 1, 22, 0, 0, 0], [1, 0x04, 0, 0x21, 1, 22, 0], [0, 0x22, 1, 22, 0, 0, 0], [0, 0x21, 2, 22, 22, 0, 0], [4, 0x21, 1, 22, 0, 0, 0] })
        {
            byte[] file = XzSamples.Stored;
            filters.CopyTo(file, 13);
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(20), Checksums.Crc32().Add(file.AsSpan(12, 8)).Value);

            Assert.Equal(filters == known, XzFile.TryUnpack(file, new UnpackedBytes(Most)));
        }

    }

    [Fact]
    public void A_bomb_takes_no_more_than_was_allowed()
    {
        // Chunks that claim 2 MiB each, of five bytes that are zeros: literals of zero without end.
        byte[] chunk = [0xff, 0xff, 0xff, 0, 4, 93, 0, 0, 0, 0, 0];
        byte[] bomb = [.. XzSamples.Unchecked[..24], .. Enumerable.Repeat(chunk, 10_000).SelectMany(static bytes => bytes)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        var unpacked = new UnpackedBytes(16 << 20);

        Assert.False(XzFile.TryUnpack(bomb, unpacked));

        Assert.InRange(unpacked.Length, 0, 16 << 20);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Fact]
    public void Damaged_files_neither_throw_nor_hang()
    {
        var random = new Random(1);
        byte[][] files = [XzSamples.Unchecked, XzSamples.Default, XzSamples.Blocks, XzSamples.OtherCheck, XzSamples.Stored];
        int whole = 0;
        for (int i = 0; i < Inputs; i++)
        {
            byte[] bad = [.. files[random.Next(files.Length)]];
            for (int changes = random.Next(1, 5); changes > 0; changes--)
            {
                // Most of what counts is in the headers of the first chunk, behind those that have a checksum.
                int at = random.Next(3) == 0 ? 24 + random.Next(10) : random.Next(bad.Length);
                bad[at] = random.Next(3) == 0 ? (byte)(random.Next(2) * 255) : (byte)random.Next(256);
            }

            if (random.Next(8) == 0)
            {
                bad = bad[..random.Next(bad.Length)];
            }

            var time = Stopwatch.StartNew();
            var unpacked = new UnpackedBytes(Most);
            whole += XzFile.TryUnpack(bad, unpacked) ? 1 : 0;
            Assert.InRange(unpacked.Length, 0, Most);
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(5), $"File {i} took {time.Elapsed}.");
        }

        Assert.InRange(whole, 1, Inputs - 1);
    }
}
