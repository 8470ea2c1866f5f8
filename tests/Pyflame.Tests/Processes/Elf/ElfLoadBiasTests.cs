using Pyflame.Processes;
using Pyflame.Processes.Elf;

namespace Pyflame.Tests.Processes.Elf;

public sealed class ElfLoadBiasTests
{
    private const ulong Page = 0x1000;
    private const MappingAccess R = MappingAccess.Read;
    private const MappingAccess RX = MappingAccess.Read | MappingAccess.Execute;
    private const MappingAccess RW = MappingAccess.Read | MappingAccess.Write;

    private static readonly ElfSegment[] Modern =
    [
        Load(0x0, 0x0, 0x2f00),
        Load(0x3000, 0x3000, 0x8123),
        Load(0xc000, 0xc000, 0x1010),
        Load(0xdd00, 0xed00, 0x900, 0x4000),
    ];

    private static readonly MemoryMapping[] Loaded =
    [
        Map(0x7f0000000000, 0x3000, R, 0x0),
        Map(0x7f0000003000, 0x9000, RX, 0x3000),
        Map(0x7f000000c000, 0x2000, R, 0xc000),
        Map(0x7f000000e000, 0x1000, R, 0xd000),
        Map(0x7f000000f000, 0x1000, RW, 0xe000),
    ];

    [Fact]
    public void A_library_is_found_where_its_segments_are() => AssertBias(0x7f0000000000, Modern, Loaded);

    [Fact]
    public void Pages_that_are_mapped_again_as_trampolines_do_not_count()
    {
        // libffi maps the page of its trampoline code again for each block of closures, anywhere, below the image too.
        MemoryMapping[] mappings =
        [
            Map(0x7e0000000000, 0x1000, RX, 0x3000), Map(0x7e0000002000, 0x1000, RX, 0x3000), .. Loaded, Map(0x7f1000000000, 0x1000, RX, 0x3000),
        ];
        AssertBias(0x7f0000000000, Modern, mappings);
    }

    [Fact]
    public void A_file_that_is_mapped_whole_to_be_read_does_not_count()
    {
        MemoryMapping[] mappings = [Map(0x7e0000000000, 0xf000, R, 0), .. Loaded];
        AssertBias(0x7f0000000000, Modern, mappings);
    }

    [Fact]
    public void Of_two_complete_loadings_the_lower_one_is_taken()
    {
        MemoryMapping[] second = [.. Loaded.Select(static mapping => mapping with
        {
            Range = mapping.Range with { Address = mapping.Range.Address + 0x10000000 },
        })];
        AssertBias(0x7f0000000000, Modern, [.. Loaded, .. second]);
    }

    [Fact]
    public void A_program_at_fixed_addresses_has_none()
    {
        ElfSegment[] segments = [Load(0, 0x400000, 0x1234), Load(0x2000, 0x402000, 0x100), Load(0x2df0, 0x403df0, 0x300, 0x500)];
        MemoryMapping[] mappings =
        [
            Map(0x400000, 0x2000, R, 0), Map(0x402000, 0x1000, RX, 0x2000), Map(0x403000, 0x1000, R, 0x2000), Map(0x404000, 0x1000, RW, 0x3000),
        ];
        AssertBias(0, segments, mappings);
    }

    [Fact]
    public void A_prelinked_library_that_is_moved_wraps_around()
    {
        ElfSegment[] segments = [Load(0, 0x3000000000, 0x1000), Load(0x1000, 0x3000001000, 0x1000)];
        MemoryMapping[] mappings = [Map(0x2000000000, 0x1000, RX, 0), Map(0x2000001000, 0x1000, RW, 0x1000)];
        AssertBias(unchecked(0x2000000000 - 0x3000000000UL), segments, mappings);
    }

    [Fact]
    public void Segments_that_share_a_page_and_do_not_begin_on_one_are_found()
    {
        ElfSegment[] segments = [Load(0x0, 0x10000, 0x7f4), Load(0x7f4, 0x117f4, 0x800), Load(0xff4, 0x12ff4, 0x300)];
        MemoryMapping[] mappings = [Map(0x50000, 0x1000, R, 0), Map(0x51000, 0x1000, RX, 0), Map(0x52000, 0x2000, RW, 0)];
        AssertBias(0x40000, segments, mappings);
    }

    [Fact]
    public void Several_executable_segments_are_one_image()
    {
        ElfSegment[] segments = [Load(0, 0, 0x1000), Load(0x1000, 0x1000, 0x1000), Load(0x2000, 0x200000, 0x1000), Load(0x3000, 0x400000, 0x1000)];
        MemoryMapping[] mappings =
        [
            Map(0x1000000, 0x1000, R, 0), Map(0x1001000, 0x1000, RX, 0x1000), Map(0x1200000, 0x1000, RX, 0x2000), Map(0x1400000, 0x1000, RW, 0x3000),
        ];
        AssertBias(0x1000000, segments, mappings);
    }

    [Fact]
    public void An_image_whose_first_page_was_unmapped_is_found_by_the_rest() => AssertBias(0x7f0000000000, Modern, Loaded[1..]);

    [Fact]
    public void Where_nothing_fits_nothing_is_found() =>
        Assert.False(ElfLoadBias.TryFind(Modern, [Map(0x1000, 0x1000, R, 0x55000)], Page, out _));

    private static void AssertBias(ulong expected, ElfSegment[] segments, MemoryMapping[] mappings)
    {
        Assert.True(ElfLoadBias.TryFind(segments, mappings, Page, out ulong bias));
        Assert.Equal(expected, bias);
    }

    private static ElfSegment Load(ulong offset, ulong address, ulong fileSize, ulong memorySize = 0) =>
        new(1, 5, offset, address, fileSize, memorySize == 0 ? fileSize : memorySize, Page);

    private static MemoryMapping Map(ulong start, ulong length, MappingAccess access, ulong offset) =>
        new(new RemoteRange(new RemoteAddress(start), length), access, offset, 0x800000001, 42, "/lib/sample.so", false);
}
