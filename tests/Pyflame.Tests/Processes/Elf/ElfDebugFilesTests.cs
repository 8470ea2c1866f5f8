using Pyflame.Processes.Elf;

namespace Pyflame.Tests.Processes.Elf;

public sealed class ElfDebugFilesTests
{
    [Fact]
    public void A_debug_file_is_sought_where_GDB_seeks_it() => Assert.Equal(
        [
            "/usr/lib/debug/.build-id/de/adbeef01.debug",
            "/usr/bin/sample.debug",
            "/usr/bin/.debug/sample.debug",
            "/usr/lib/debug/usr/bin/sample.debug",
        ],
        ElfDebugFiles.Paths("/usr/bin/sample", [0xde, 0xad, 0xbe, 0xef, 0x01], Parse(ElfImageTests.Sample(true, false))));

    [Fact]
    public void Without_a_file_only_the_build_id_leads_there()
    {
        Assert.Equal(["/usr/lib/debug/.build-id/ab/cd.debug"], ElfDebugFiles.Paths("/usr/bin/sample", [0xab, 0xcd], null));
        Assert.Empty(ElfDebugFiles.Paths("/usr/bin/sample", [], null));
    }

    [Fact]
    public void The_build_id_decides_where_there_is_one()
    {
        ElfImage image = Parse(ElfImageTests.Sample(true, false));
        Assert.True(ElfDebugFiles.Fits(Parse(ElfImageTests.Sample(false, true)), image, null));
        Assert.False(ElfDebugFiles.Fits(Parse(new ElfBuilder { BuildId = [1, 2, 3] }), image, null));
    }

    [Fact]
    public void Without_a_build_id_the_checksum_decides()
    {
        // The check value of CRC-32 for "123456789" is 0xcbf43926 (IEEE 802.3); here over a whole debug file.
        byte[] debug = new ElfBuilder { Local = [("hidden", 0x10000, 0, 1)] }.Build();
        uint checksum = Crc32(debug);
        Assert.Equal(0xcbf43926u, Crc32("123456789"u8));
        ElfImage debugFile = Parse(debug);
        ElfImage right = Parse(new ElfBuilder { DebugLink = ("sample.debug", checksum) });
        ElfImage wrong = Parse(new ElfBuilder { DebugLink = ("sample.debug", checksum ^ 1) });
        Assert.True(ElfDebugFiles.Fits(debugFile, right, right));
        Assert.False(ElfDebugFiles.Fits(debugFile, wrong, wrong));
        Assert.False(ElfDebugFiles.Fits(debugFile, right, null));
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint checksum = ~0u;
        foreach (byte b in bytes)
        {
            checksum ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                checksum = (checksum >> 1) ^ (0xedb88320 & (0u - (checksum & 1)));
            }
        }

        return ~checksum;
    }

    private static ElfImage Parse(ElfBuilder builder) => Parse(builder.Build());

    private static ElfImage Parse(byte[] bytes)
    {
        Assert.Equal(ElfStatus.Ok, ElfImage.TryParse(new ArrayByteSource(bytes), out ElfImage? image));
        return image!;
    }
}
