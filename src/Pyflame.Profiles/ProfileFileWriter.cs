using Pyflame.Profiles.Packing;

namespace Pyflame.Profiles;

/// <summary>Writes a profile file (<c>.pyflame</c>) while the profile is being recorded.</summary>
/// <remarks>
/// Samples go to the stream a block at a time, at the latest <see cref="FlushInterval"/> of sampled time after they were taken,
/// each block behind the table entries that it needs. So a file that a crash cuts off is readable up to the cut, and memory
/// does not grow with the length of the recording. The format is described in docs/profile-file.md. Not safe for use by two
/// threads at once, and the profile must not change during a call.
/// </remarks>
public sealed class ProfileFileWriter : ISampleWriter, IDisposable
{
    private readonly Profile _profile;
    private readonly Stream _destination;
    private readonly bool _leaveOpen;
    private readonly RecordWriter _records;
    private readonly PackedWriter _payload = new();
    private readonly SampleBlockEncoder _block = new();
    private readonly TableDelta _tables = new();
    private readonly List<ProfiledProcess> _processes = [];
    private readonly List<ProfiledThread> _threads = [];
    private Circumstances _circumstances;
    private long _blockStart;
    private bool _completed;

    /// <summary>Begins a file: writes what is known of the profile's circumstances.</summary>
    /// <param name="destination">Where to; need not be able to seek. A <see cref="FileStream"/> needs no buffer of its own.</param>
    /// <param name="profile">The profile that the samples' ids are of. It may grow between calls.</param>
    /// <param name="leaveOpen">Whether the stream stays open when this is disposed.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public ProfileFileWriter(Stream destination, Profile profile, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(profile);
        _profile = profile;
        _destination = destination;
        _leaveOpen = leaveOpen;
        _records = new RecordWriter(destination);
        _records.WriteHeader();
        _circumstances = profile.Circumstances;
        WriteCircumstances();
        _destination.Flush();
    }

    /// <summary>How much sampled time a crash can cost at the most.</summary>
    public static TimeSpan FlushInterval => TimeSpan.FromSeconds(1);

    /// <summary>How many bytes have been written.</summary>
    public long BytesWritten => _records.BytesWritten;

    /// <inheritdoc/>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Add(in Sample sample)
    {
        if (_block.Count == 0)
        {
            _blockStart = sample.TimestampNanoseconds;
        }
        else if (_block.IsFull || sample.TimestampNanoseconds - _blockStart >= FlushInterval.Ticks * TimeSpan.NanosecondsPerTick)
        {
            Flush();
            _blockStart = sample.TimestampNanoseconds;
        }

        if (sample.Stack.Value < ProfileFileLayout.MaxTableEntries)
        {
            _block.Add(sample);
        }
        else
        {
            _block.Add(CutToTable(sample));
        }
    }

    /// <summary>Writes what has been added since the last time, so that it survives a crash of ours.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Flush()
    {
        if (!ReferenceEquals(_circumstances, _profile.Circumstances))
        {
            _circumstances = _profile.Circumstances;
            WriteCircumstances();
        }

        WriteTables();
        WriteThreads();
        if (_block.Count > 0)
        {
            _records.Write(RecordType.Samples, _block.Pack(), compress: false);
            _block.Clear();
        }

        _destination.Flush();
    }

    /// <summary>Ends the file with <see cref="Profile.Statistics"/>. Nothing can be added any more.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Complete()
    {
        if (_completed)
        {
            return;
        }

        _completed = true;
        Flush();
        if (_profile.Statistics is { } statistics)
        {
            _payload.Clear();
            Properties.Write(_payload, statistics);
            _records.Write(RecordType.Statistics, _payload.Bytes);
        }

        _records.Write(RecordType.End, []);
        _destination.Flush();
    }

    /// <summary>Completes the file and, unless told otherwise, closes the stream.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Dispose()
    {
        try
        {
            Complete();
        }
        finally
        {
            if (!_leaveOpen)
            {
                _destination.Dispose();
            }
        }
    }

    /// <summary>Writes all samples of a log, without packing them anew.</summary>
    internal void Add(SampleLog samples)
    {
        Flush();
        foreach (ReadOnlyMemory<byte> block in samples.Blocks)
        {
            _records.Write(RecordType.Samples, block.Span, compress: false);
        }
    }

    /// <summary>Writes counts, for a profile that has no samples in time order.</summary>
    internal void Add(StackCounts counts)
    {
        const int PairsPerRecord = 50_000;
        Flush();
        for (int first = 0; first < counts.Count; first += PairsPerRecord)
        {
            int end = Math.Min(counts.Count, first + PairsPerRecord);
            _payload.Clear();
            _payload.Write(end - first);
            for (int index = first; index < end; index++)
            {
                StackCount count = counts[index];
                _payload.Write(count.Thread.Value);
                _payload.Write(count.Stack.Value);
                _payload.Write(Math.Max(0, count.Weight));
            }

            _records.Write(RecordType.Counts, _payload.Bytes);
        }
    }

    // Past the bound of the format, a stack is kept as far as it goes without new entries.
    private Sample CutToTable(in Sample sample)
    {
        StackId stack = sample.Stack;
        while (stack.Value >= ProfileFileLayout.MaxTableEntries)
        {
            stack = _profile.Stacks.Parent(stack);
        }

        return sample with { Stack = stack, State = sample.State | SampleState.Truncated };
    }

    private void WriteCircumstances()
    {
        _payload.Clear();
        Properties.Write(_payload, _circumstances);
        _records.Write(RecordType.Circumstances, _payload.Bytes);
    }

    private void WriteTables()
    {
        while (!_tables.IsUpToDate(_profile))
        {
            _payload.Clear();
            _tables.Write(_profile, _payload);
            _records.Write(RecordType.Tables, _payload.Bytes);
        }
    }

    private void WriteThreads()
    {
        _payload.Clear();
        if (ThreadDelta.Write(_payload, _profile, _processes, _threads))
        {
            _records.Write(RecordType.Threads, _payload.Bytes);
        }
    }
}
