using System.Buffers.Binary;
using System.Diagnostics;
using Pyflame.Processes;
using Pyflame.Processes.Elf;

namespace Pyflame.Tests.Processes.Elf;

/// <summary>Damaged and malicious images end in a status, soon and in little memory.</summary>
public sealed class ElfFuzzTests
{
    // Found by their own tests first where they matter; here they come back in every field.
    private static readonly ulong[] Nasty =
    [
        0, 1, 2, 3, 7, 8, 16, 64, 0x7f, 0x80, 0xff, 0x1000, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
        0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xfffffffffffffff8, 0xffffffffffffffff,
    ];

    // A thousandth of what was run before a release; set the variable to run more.
    private static readonly int Inputs = int.TryParse(Environment.GetEnvironmentVariable("PYFLAME_FUZZ_INPUTS"), out int inputs) ? inputs : 3000;

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void Damaged_images_neither_throw_nor_hang(bool is64, bool oldHash)
    {
        byte[] good = ElfImageTests.Sample(is64, oldHash).Build();
        var random = new Random(is64 ? 1 : 2);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        int parsed = 0;
        for (int i = 0; i < Inputs; i++)
        {
            byte[] bad = good.ToArray();
            for (int changes = random.Next(1, 5); changes > 0; changes--)
            {
                Damage(bad, random);
            }

            if (random.Next(8) == 0)
            {
                bad = bad[..random.Next(bad.Length)];
            }

            var time = Stopwatch.StartNew();
            parsed += AskEverything(new ArrayByteSource(bad)) ? 1 : 0;
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(5), $"Image {i} took {time.Elapsed}.");
        }

        Assert.InRange(parsed, Inputs / 3, Inputs - 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, (long)Inputs * (16 << 20));
    }

    [Fact]
    public void An_image_without_end_is_given_up()
    {
        // Every read succeeds, of a file that claims the largest of everything: tables of tables, all of them long.
        byte[] header = ElfImageTests.Sample(true, false).Build()[..64];
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(56), 512);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(60), 0xfeff);
        foreach (byte fill in new byte[] { 0, 1, 2, 5, 6, 11, 0x41, 0xff })
        {
            var time = Stopwatch.StartNew();
            AskEverything(new EndlessSource(header, fill));
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(10), $"Fill {fill} took {time.Elapsed}.");
        }
    }

    [Fact]
    public void Damaged_modules_in_memory_neither_throw_nor_hang()
    {
        byte[] good = ElfImageTests.Sample(true, false).Build();
        var random = new Random(3);
        const ulong Start = 0x7f0000000000;
        for (int i = 0; i < Inputs; i++)
        {
            byte[] bad = good.ToArray();
            for (int changes = random.Next(0, 5); changes > 0; changes--)
            {
                Damage(bad, random);
            }

            var memory = new SnapshotMemory([(new RemoteAddress(Start), bad)]);
            MemoryMapping[] mappings =
            [
                new(new(new(Start), 0x4000), MappingAccess.Read | MappingAccess.Execute, 0, 1, 1, "/lib/sample", false),
                new(new(new(Start + 0x10000), 0x1000), MappingAccess.Read | MappingAccess.Write, 0, 1, 1, "/lib/sample", false),
            ];
            var module = new LoadedModule(memory, mappings, null, false);
            Assert.True(module.Range.Length > 0);
            _ = module.SoName;
            _ = module.BuildId;
            _ = module.WritableData;
            _ = module.TryFindSymbol("exported_7", out _, out _);
            _ = module.TryFindSection(".data", out _);
        }
    }

    private static void Damage(byte[] bytes, Random random)
    {
        // Most of what counts is in the first few hundred bytes and in the section headers at the end.
        int area = random.Next(4);
        int offset = area switch
        {
            0 => random.Next(64),
            1 => random.Next(Math.Min(bytes.Length, 300)),
            2 => bytes.Length - 1 - random.Next(Math.Min(bytes.Length, 1000)),
            _ => random.Next(bytes.Length),
        };
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(value, random.Next(2) == 0 ? Nasty[random.Next(Nasty.Length)] : (ulong)random.NextInt64());
        int width = Math.Min(1 << random.Next(4), bytes.Length - offset);
        value[..width].CopyTo(bytes.AsSpan(offset));
    }

    private static bool AskEverything(ByteSource source)
    {
        if (ElfImage.TryParse(source, out ElfImage? image) != ElfStatus.Ok)
        {
            Assert.Null(image);
            return false;
        }

        image!.DynamicBias = 0x1000;
        _ = image.SoName;
        _ = image.BuildId;
        _ = image.TryReadDebugLink(out _, out _);
        foreach (string name in new[] { "exported_3", "local", "no_such_symbol" })
        {
            _ = image.TryFindSymbol(name, out _);
        }

        if (image.TryFindSection(".data", out ElfSection section))
        {
            _ = image.TryReadSection(section);
        }

        return true;
    }

    private sealed class EndlessSource(byte[] header, byte fill) : ByteSource
    {
        public override bool TryRead(ulong offset, Span<byte> destination) => Read(offset, destination) == destination.Length;

        public override int Read(ulong offset, Span<byte> destination)
        {
            destination.Fill(fill);
            if (offset < (ulong)header.Length)
            {
                ReadOnlySpan<byte> rest = header.AsSpan((int)offset);
                rest[..Math.Min(rest.Length, destination.Length)].CopyTo(destination);
            }

            return destination.Length;
        }
    }
}
