using Pyflame.Processes.Elf;

namespace Pyflame.Tests.Processes.Elf;

public sealed class ElfImageTests
{
    public static TheoryData<bool, bool> Classes => new() { { true, false }, { true, true }, { false, false }, { false, true } };

    [Theory]
    [MemberData(nameof(Classes))]
    public void Headers_are_read(bool is64, bool oldHash)
    {
        ElfImage image = Parse(Sample(is64, oldHash));
        Assert.Equal(is64, image.Is64Bit);
        Assert.Equal(ElfType.Shared, image.Type);
        Assert.Equal(is64 ? 62 : 3, image.Machine);
        Assert.Equal([1u, 1u, 2u, 4u], image.Segments.Select(static segment => segment.Type));
        ElfSegment data = image.Segments[1];
        Assert.Equal(0x10000UL, data.VirtualAddress);
        Assert.Equal(0x100UL, data.FileSize);
        Assert.Equal(0x300UL, data.MemorySize);
        Assert.Equal(Pyflame.Processes.MappingAccess.Read | Pyflame.Processes.MappingAccess.Write, data.Access);
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public void Exported_symbols_are_found_by_hash(bool is64, bool oldHash)
    {
        ElfImage image = Parse(Sample(is64, oldHash));
        for (uint i = 0; i < 20; i++)
        {
            Assert.True(image.TryFindDynamicSymbol($"exported_{i}", out ElfSymbol symbol), $"exported_{i}");
            Assert.Equal(new ElfSymbol(0x10000 + i, i, 1, 1, 1), symbol);
        }

        Assert.False(image.TryFindDynamicSymbol("exported_20", out _));
        Assert.False(image.TryFindDynamicSymbol("exported_", out _));
        Assert.False(image.TryFindDynamicSymbol("", out _));
        Assert.False(image.TryFindDynamicSymbol("local", out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Other_symbols_are_found_by_scan(bool shareTails)
    {
        ElfImage image = Parse(new ElfBuilder
        {
            Local =
            [
                ("undefined", 0x10, 1, 0),
                ("not_interp_head", 0x20, 0, 1),
                ("interp_head", 0x30, 0, 1),
                ("twice", 0x40, 0, 1),
                ("twice", 0x50, 1, 1),
                ("head", 0x60, 0, 0xfff1),
            ],
            ShareTails = shareTails,
        });
        Assert.True(image.TryFindStaticSymbol("interp_head", out ElfSymbol symbol));
        Assert.Equal(0x30UL, symbol.Value);
        Assert.True(image.TryFindStaticSymbol("not_interp_head", out symbol));
        Assert.Equal(0x20UL, symbol.Value);
        Assert.True(image.TryFindStaticSymbol("head", out symbol));
        Assert.Equal(0x60UL, symbol.Value);
        Assert.True(symbol.IsAbsolute);
        Assert.True(image.TryFindStaticSymbol("twice", out symbol));
        Assert.Equal(0x50UL, symbol.Value);
        Assert.False(image.TryFindStaticSymbol("undefined", out _));
        Assert.False(image.TryFindStaticSymbol("interp", out _));
        Assert.False(image.TryFindStaticSymbol("no_such_symbol", out _));
    }

    [Fact]
    public void A_symbol_is_found_wherever_it_lies_in_tables_longer_than_one_read()
    {
        var builder = new ElfBuilder();
        for (uint i = 0; i < 12000; i++)
        {
            builder.Local.Add(($"symbol_number_{i:D5}", i, 0, 1));
        }

        ElfImage image = Parse(builder);
        for (uint i = 0; i < 12000; i += 7)
        {
            Assert.True(image.TryFindStaticSymbol($"symbol_number_{i:D5}", out ElfSymbol symbol));
            Assert.Equal(i, symbol.Value);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sections_are_found_by_name(bool is64)
    {
        ElfImage image = Parse(Sample(is64, false));
        Assert.True(image.TryFindSection(".data", out ElfSection data));
        Assert.Equal(0x10000UL, data.VirtualAddress);
        Assert.Equal(0x100UL, data.Size);
        Assert.True(data.IsLoaded);
        Assert.Equal(new byte[0x100], image.TryReadSection(data));
        Assert.True(image.TryFindSection(".bss", out ElfSection bss));
        Assert.Equal(0x10100UL, bss.VirtualAddress);
        Assert.Null(image.TryReadSection(bss));
        Assert.True(image.TryFindSection(".symtab", out ElfSection symbols));
        Assert.False(symbols.IsLoaded);
        Assert.False(image.TryFindSection(".nothing", out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_names_the_image_is_read(bool is64)
    {
        ElfImage image = Parse(Sample(is64, false));
        Assert.Equal("libsample.so.1", image.SoName);
        Assert.Equal([0xde, 0xad, 0xbe, 0xef, 0x01], image.BuildId.ToArray());
        Assert.Equal(["ABI", "GNU"], image.Notes.Select(static note => note.Name));
        Assert.True(image.TryReadDebugLink(out string name, out uint checksum));
        Assert.Equal("sample.debug", name);
        Assert.Equal(0x12345678u, checksum);
    }

    [Fact]
    public void What_is_absent_is_absent()
    {
        ElfImage image = Parse(new ElfBuilder());
        Assert.Null(image.SoName);
        Assert.True(image.BuildId.IsEmpty);
        Assert.Empty(image.Notes);
        Assert.False(image.TryReadDebugLink(out _, out _));
        Assert.False(image.TryFindSymbol("anything", out _));
    }

    [Fact]
    public void A_debug_file_must_not_be_named_by_a_path() =>
        Assert.False(Parse(new ElfBuilder { DebugLink = ("../etc/passwd", 1) }).TryReadDebugLink(out _, out _));

    [Theory]
    [InlineData(4, 3, ElfStatus.UnsupportedClass)]
    [InlineData(5, 2, ElfStatus.UnsupportedByteOrder)]
    [InlineData(5, 0, ElfStatus.Malformed)]
    [InlineData(6, 9, ElfStatus.UnsupportedClass)]
    [InlineData(0, 0, ElfStatus.NotElf)]
    [InlineData(54, 1, ElfStatus.Malformed)]    // e_phentsize
    [InlineData(57, 255, ElfStatus.Malformed)]  // e_phnum
    public void What_cannot_be_read_is_refused(int offset, byte value, ElfStatus expected)
    {
        byte[] bytes = Sample(true, false).Build();
        bytes[offset] = value;
        Assert.Equal(expected, ElfImage.TryParse(new ArrayByteSource(bytes), out ElfImage? image));
        Assert.Null(image);
    }

    [Theory]
    [InlineData(0, ElfStatus.Unreadable)]
    [InlineData(15, ElfStatus.Unreadable)]
    [InlineData(16, ElfStatus.Unreadable)]
    [InlineData(63, ElfStatus.Unreadable)]
    [InlineData(64, ElfStatus.Malformed)]
    public void A_file_that_is_too_short_is_refused(int length, ElfStatus expected) => Assert.Equal(
        expected, ElfImage.TryParse(new ArrayByteSource(Sample(true, false).Build().AsMemory(0, length)), out _));

    [Fact]
    public void A_section_count_and_names_beyond_the_header_are_in_the_first_section()
    {
        byte[] bytes = Sample(true, false).Build();
        int sectionsAt = (int)BitConverter.ToUInt64(bytes, 40);
        ushort count = BitConverter.ToUInt16(bytes, 60);
        ushort names = BitConverter.ToUInt16(bytes, 62);
        BitConverter.TryWriteBytes(bytes.AsSpan(60), (ushort)0);
        BitConverter.TryWriteBytes(bytes.AsSpan(62), (ushort)0xffff);
        BitConverter.TryWriteBytes(bytes.AsSpan(sectionsAt + 32), (ulong)count);
        BitConverter.TryWriteBytes(bytes.AsSpan(sectionsAt + 40), (uint)names);
        Assert.Equal(ElfStatus.Ok, ElfImage.TryParse(new ArrayByteSource(bytes), out ElfImage? image));
        Assert.Equal(count, image!.Sections.Count);
        Assert.True(image.TryFindSection(".data", out _));
    }

    internal static ElfBuilder Sample(bool is64, bool oldHash)
    {
        var builder = new ElfBuilder
        {
            Is64 = is64,
            OldHash = oldHash,
            SoName = "libsample.so.1",
            BuildId = [0xde, 0xad, 0xbe, 0xef, 0x01],
            DebugLink = ("sample.debug", 0x12345678),
            Local = [("local", 0x10010, 0, 1)],
        };
        for (uint i = 0; i < 20; i++)
        {
            builder.Exported.Add(($"exported_{i}", 0x10000 + i, i));
        }

        return builder;
    }

    private static ElfImage Parse(ElfBuilder builder)
    {
        Assert.Equal(ElfStatus.Ok, ElfImage.TryParse(new ArrayByteSource(builder.Build()), out ElfImage? image));
        return image!;
    }
}
