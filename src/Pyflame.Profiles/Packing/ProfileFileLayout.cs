using System.Numerics;

namespace Pyflame.Profiles.Packing;

/// <summary>The numbers of the profile file's format; docs/profile-file.md is its description.</summary>
internal static class ProfileFileLayout
{
    /// <summary>A reader refuses files of another major version.</summary>
    public const byte MajorVersion = 1;

    /// <summary>Raised when something is added that a reader may skip.</summary>
    public const byte MinorVersion = 0;

    /// <summary>Magic, major and minor version, two bytes that are zero.</summary>
    public const int HeaderBytes = 12;

    /// <summary>Type, payload length and checksum in front of each record's payload.</summary>
    public const int RecordHeaderBytes = 9;

    /// <summary>Set in a record's type where its payload is its unpacked length and then compressed.</summary>
    public const byte CompressedFlag = 0x80;

    /// <summary>The longest payload, packed or not, that a writer makes and a reader takes.</summary>
    public const int MaxPayloadBytes = 1 << 24;

    /// <summary>The longest text kept; the rest is cut off.</summary>
    public const int MaxTextBytes = 1 << 20;

    /// <summary>The most entries of any one table.</summary>
    public const int MaxTableEntries = 1 << 24;

    /// <summary>The most text in all of a file, in UTF-16 code units.</summary>
    public const long MaxTextTotal = 1L << 27;

    /// <summary>The most threads and the most processes.</summary>
    public const int MaxThreads = 1 << 20;

    /// <summary>The bytes a profile file begins with. The first is not text, and the rest tells a transfer as text by its damage.</summary>
    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'P', (byte)'Y', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The checksum of a record: CRC-32C (Castagnoli) over the type byte and the payload.</summary>
    public static uint Checksum(byte type, ReadOnlySpan<byte> payload)
    {
        uint crc = BitOperations.Crc32C(uint.MaxValue, type);
        while (payload.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(payload));
            payload = payload[sizeof(ulong)..];
        }

        foreach (byte value in payload)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
