using System.Buffers.Binary;
using System.Globalization;
using Pyflame.Profiles.Packing;

namespace Pyflame.Profiles;

/// <summary>Reads a profile file (<c>.pyflame</c>), a block of samples at a time.</summary>
/// <remarks>
/// What the file holds is not trusted: every length, count and id is held against a bound, and what no writer writes is a
/// <see cref="ProfileFormatException"/>. A file that merely ends too early, as after a crash, is read up to its end, and
/// <see cref="IsCutOff"/> tells.
/// </remarks>
public sealed class ProfileFileReader : IDisposable
{
    private readonly Stream _source;
    private readonly bool _leaveOpen;
    private readonly SampleBlockDecoder _decoder = new();
    private byte[] _stored = new byte[64 * 1024];
    private byte[] _unpacked = new byte[64 * 1024];
    private ReadOnlyMemory<byte> _payload;
    private RecordType _type;
    private long _position;
    private long _textTotal;

    /// <summary>Begins to read: the header and the circumstances.</summary>
    /// <param name="source">The file; need not be able to seek.</param>
    /// <param name="leaveOpen">Whether the stream stays open when this is disposed.</param>
    /// <exception cref="ProfileFormatException">It is not a profile file, or one of a later version.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public ProfileFileReader(Stream source, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _leaveOpen = leaveOpen;
        ReadHeader();
        if (!TryReadRecord() || _type != RecordType.Circumstances)
        {
            throw new ProfileFormatException(
                "the profile file ends before it says how it was recorded", "Record again; this file holds no samples");
        }

        Profile = new Profile(Parse((ref PackedReader reader) => Properties.ReadCircumstances(ref reader)));
    }

    private delegate T Parser<T>(ref PackedReader reader);

    /// <summary>The profile as far as it has been read; complete once <see cref="TryRead"/> has returned false.</summary>
    /// <remarks>Its samples go to the caller and are not kept; counts are.</remarks>
    public Profile Profile { get; }

    /// <summary>Whether the file was found to end before the recording did; known once <see cref="TryRead"/> has returned false.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>Reads a whole profile.</summary>
    /// <param name="source">The file; left open.</param>
    /// <param name="isCutOff">Whether the file ends before the recording did.</param>
    /// <exception cref="ProfileFormatException">It is not a profile file, one of a later version, or damaged.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static Profile ReadAll(Stream source, out bool isCutOff)
    {
        using var reader = new ProfileFileReader(source, leaveOpen: true);
        Profile profile = reader.Profile;
        while (reader.TryReadBlock())
        {
            int count = reader._decoder.Remaining;
            long weight = 0;
            while (reader._decoder.Remaining > 0)
            {
                weight += reader.ReadSample().Weight;
            }

            profile.Samples ??= new SampleLog();
            profile.Samples.AddBlock(count, weight, reader._payload.Span);
        }

        if (profile.Counts is null)
        {
            profile.Samples ??= new SampleLog();
        }

        isCutOff = reader.IsCutOff;
        return profile;
    }

    /// <summary>Reads the next sample.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="ProfileFormatException">The file is damaged; the samples read so far are good.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public bool TryRead(out Sample sample)
    {
        if (_decoder.Remaining == 0 && !TryReadBlock())
        {
            sample = default;
            return false;
        }

        sample = ReadSample();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_leaveOpen)
        {
            _source.Dispose();
        }
    }

    private void ReadHeader()
    {
        Span<byte> header = stackalloc byte[ProfileFileLayout.HeaderBytes];
        int length = _source.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (!header[..Math.Min(length, 8)].SequenceEqual(ProfileFileLayout.Magic))
        {
            throw new ProfileFormatException(
                length == 0 ? "the profile file is empty" : "this is not a profile file of Pyflame's",
                "Give a file that was recorded with 'pyflame record -o NAME.pyflame'");
        }

        if (length < header.Length)
        {
            throw new ProfileFormatException("the profile file ends within its header", "Record again; this file holds no samples");
        }

        if (header[8] != ProfileFileLayout.MajorVersion)
        {
            throw new ProfileFormatException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the profile file is of version {header[8]}, and this Pyflame reads version {ProfileFileLayout.MajorVersion}"),
                "Read it with the Pyflame that recorded it, or a later one");
        }

        _position = header.Length;
    }

    private bool TryReadBlock()
    {
        while (TryReadRecord())
        {
            switch (_type)
            {
                case RecordType.End:
                    return false;
                case RecordType.Circumstances:
                    Profile.Circumstances = Parse((ref PackedReader reader) => Properties.ReadCircumstances(ref reader));
                    break;
                case RecordType.Tables:
                    Parse((ref PackedReader reader) => TableDelta.Read(ref reader, Profile, ref _textTotal));
                    break;
                case RecordType.Threads:
                    Parse((ref PackedReader reader) => ThreadDelta.Read(ref reader, Profile));
                    break;
                case RecordType.Counts:
                    Profile.Counts ??= new StackCounts();
                    Parse((ref PackedReader reader) => ReadCounts(ref reader));
                    break;
                case RecordType.Statistics:
                    Profile.Statistics = Parse((ref PackedReader reader) => Properties.ReadStatistics(ref reader));
                    break;
                case RecordType.Samples:
                    if (!_decoder.TryStart(_payload.Span, Profile.Threads.Count, Profile.Stacks.Count))
                    {
                        throw Damaged("a block of samples is not valid");
                    }

                    if (_decoder.Remaining > 0)
                    {
                        return true;
                    }

                    break;
            }
        }

        IsCutOff = true;
        return false;
    }

    private Sample ReadSample() =>
        _decoder.TryRead(out Sample sample) ? sample : throw Damaged("a sample is not valid");

    private void ReadCounts(ref PackedReader reader)
    {
        for (int count = reader.ReadCount("the number of counts"); count > 0; count--)
        {
            var thread = new ProfiledThreadId((int)reader.Read(Profile.Threads.Count - 1, "a count's thread"));
            var stack = new StackId((int)reader.Read(Profile.Stacks.Count - 1, "a count's stack"));
            Profile.Counts!.Add(thread, stack, reader.Read(long.MaxValue - Profile.Counts.TotalWeight, "a count"));
        }
    }

    private bool TryReadRecord()
    {
        Span<byte> header = stackalloc byte[ProfileFileLayout.RecordHeaderBytes];
        if (_source.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length
            || !header.ContainsAnyExcept((byte)0))
        {
            // A machine that goes down leaves zeros where the file had grown but nothing had reached the disk.
            return false;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(header[1..]);
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[5..]);
        if (length is < 0 or > ProfileFileLayout.MaxPayloadBytes)
        {
            throw Damaged("a record's length is out of bounds");
        }

        if (_stored.Length < length)
        {
            _stored = new byte[Math.Max(length, Math.Min(_stored.Length * 2, ProfileFileLayout.MaxPayloadBytes))];
        }

        Memory<byte> stored = _stored.AsMemory(0, length);
        if (_source.ReadAtLeast(stored.Span, length, throwOnEndOfStream: false) < length)
        {
            return false;
        }

        byte typeByte = header[0];
        if (ProfileFileLayout.Checksum(typeByte, stored.Span) != checksum)
        {
            throw Damaged("a record's checksum is wrong");
        }

        _type = (RecordType)(typeByte & ~ProfileFileLayout.CompressedFlag);
        _payload = (typeByte & ProfileFileLayout.CompressedFlag) == 0 ? stored : Unpack(stored);
        _position += header.Length + length;
        return true;
    }

    private ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> stored)
    {
        var reader = new PackedReader(stored.Span);
        if (!reader.TryRead(ProfileFileLayout.MaxPayloadBytes, out ulong length))
        {
            throw Damaged("a record is too long");
        }

        if (_unpacked.Length < (int)length)
        {
            _unpacked = new byte[Math.Max((int)length, Math.Min(_unpacked.Length * 2, ProfileFileLayout.MaxPayloadBytes))];
        }

        Memory<byte> unpacked = _unpacked.AsMemory(0, (int)length);
        return Compression.TryUnpack(stored.Span[^reader.Remaining..], unpacked.Span)
            ? unpacked
            : throw Damaged("a record cannot be unpacked");
    }

    private void Parse(ParserOfRecord parse) => Parse((ref PackedReader reader) =>
    {
        parse(ref reader);
        return true;
    });

    private delegate void ParserOfRecord(ref PackedReader reader);

    private T Parse<T>(Parser<T> parse)
    {
        var reader = new PackedReader(_payload.Span);
        try
        {
            return parse(ref reader);
        }
        catch (DamagedRecordException exception)
        {
            throw Damaged(exception.Message);
        }
    }

    private ProfileFormatException Damaged(string what) => new(
        string.Create(CultureInfo.InvariantCulture, $"the profile file is damaged at byte {_position}: {what}"),
        "Copy it again from where it was recorded, or record again");
}
