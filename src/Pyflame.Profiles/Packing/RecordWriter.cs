using System.Buffers.Binary;

namespace Pyflame.Profiles.Packing;

/// <summary>Puts records into a stream.</summary>
internal sealed class RecordWriter
{
    // Below this, what compression saves does not pay for its own frame.
    private const int SmallPayload = 64;

    private readonly Stream _destination;
    private byte[] _record = new byte[64 * 1024];

    public RecordWriter(Stream destination) => _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Writes what every file begins with.</summary>
    public void WriteHeader()
    {
        Span<byte> header = stackalloc byte[ProfileFileLayout.HeaderBytes];
        header.Clear();
        ProfileFileLayout.Magic.CopyTo(header);
        header[8] = ProfileFileLayout.MajorVersion;
        header[9] = ProfileFileLayout.MinorVersion;
        _destination.Write(header);
        BytesWritten += header.Length;
    }

    /// <summary>Writes one record in a single write, so that a crash leaves it whole or cut but never with a hole.</summary>
    /// <param name="type">What it holds.</param>
    /// <param name="payload">The content.</param>
    /// <param name="compress">Whether to compress it where that makes it smaller; not for what is compressed by itself.</param>
    public void Write(RecordType type, ReadOnlySpan<byte> payload, bool compress = true)
    {
        byte typeByte = (byte)type;
        int length = ProfileFileLayout.RecordHeaderBytes;
        Reserve(length + VarInt.MaxBytes + Compression.MaxLength(payload.Length));
        if (compress && payload.Length >= SmallPayload)
        {
            length += VarInt.Write(_record.AsSpan(length), (uint)payload.Length);
            compress = Compression.TryCompress(payload, _record.AsSpan(length), out int compressed);
            length += compressed;
        }
        else
        {
            compress = false;
        }

        if (compress)
        {
            typeByte |= ProfileFileLayout.CompressedFlag;
        }
        else
        {
            payload.CopyTo(_record.AsSpan(ProfileFileLayout.RecordHeaderBytes));
            length = ProfileFileLayout.RecordHeaderBytes + payload.Length;
        }

        Span<byte> record = _record.AsSpan(0, length);
        ReadOnlySpan<byte> stored = record[ProfileFileLayout.RecordHeaderBytes..];
        record[0] = typeByte;
        BinaryPrimitives.WriteInt32LittleEndian(record[1..], stored.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[5..], ProfileFileLayout.Checksum(typeByte, stored));
        _destination.Write(record);
        BytesWritten += record.Length;
    }

    private void Reserve(int length)
    {
        if (_record.Length < length)
        {
            _record = new byte[Math.Max(length, _record.Length * 2)];
        }
    }
}
