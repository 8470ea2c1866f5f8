namespace Pyflame.Processes.Xz;

/// <summary>The checks that ELF and .xz files have.</summary>
internal static class Checksums
{
    /// <summary>Begins a CRC-32.</summary>
    public static Checksum<uint> Crc32() => new(0xedb88320);

    /// <summary>Begins a CRC-64.</summary>
    public static Checksum<ulong> Crc64() => new(0xc96c5795d7870f42);
}
