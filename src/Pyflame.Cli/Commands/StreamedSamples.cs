using Pyflame.Cli.Output;
using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>Samples that are written as they are taken: for a reader that waits for them, and so that a crash loses next to none.</summary>
/// <remarks>A reader that is slower than the samples come holds up the sampling, which counts what it misses.</remarks>
internal sealed class StreamedSamples : ProfileKeeper, ISampleSink
{
    private const int StandardOutputDescriptor = 1;

    private readonly Stream _stream;
    private readonly Lazy<ISampleWriter> _writer;
    private readonly bool _isNew;
    private long _flushed = long.MinValue;

    /// <summary>Opens the place. What stood in a file goes once the sampling begins.</summary>
    /// <param name="profile">Whose samples.</param>
    /// <param name="path">Where they go.</param>
    /// <param name="begin">Makes the writer, which leaves the stream open.</param>
    public StreamedSamples(Profile profile, string path, Func<Stream, ISampleWriter> begin)
    {
        bool isStandardOutput = ProfileOutput.IsStandardOutput(path);
        try
        {
            _isNew = !isStandardOutput && !File.Exists(path);
            _stream = isStandardOutput
                ? StandardStreams.HasOutput ? new SharedDescriptorStream(StandardOutputDescriptor) : throw new IOException("It is closed.")
                : new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(path, exception);
        }

        profile.Samples = null;
        profile.Counts = null;
        _writer = new Lazy<ISampleWriter>(() =>
        {
            // A FIFO has no length.
            if (_stream.CanSeek)
            {
                _stream.SetLength(0);
            }

            return begin(_stream);
        });
    }

    /// <summary>After how long a reader gets the samples, in nanoseconds of their time; null where the writer sees to that.</summary>
    public long? FlushNanoseconds { get; init; }

    /// <inheritdoc/>
    public override ISampleSink Sink => this;

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        _writer.Value.Add(sample);
        if (sample.TimestampNanoseconds - FlushNanoseconds >= _flushed)
        {
            _flushed = sample.TimestampNanoseconds;
            _writer.Value.Flush();
        }
    }

    /// <inheritdoc/>
    public override void WriteSnapshot() => Guard(() => _writer.Value.Flush());

    /// <inheritdoc/>
    public override void Complete() => Guard(() => _writer.Value.Complete());

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stream.Dispose();
        if (_isNew && !_writer.IsValueCreated)
        {
            File.Delete(Path);
        }
    }

    private static OutputException Failure(string path, Exception cause) =>
        new($"Cannot write {(path == "-" ? "standard output" : path)}: {FileTrouble.Reason(cause)}", cause);

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (IOException exception) when (BrokenPipeException.Tells(exception))
        {
            throw new BrokenPipeException(exception);
        }
        catch (IOException exception)
        {
            throw Failure(Path, exception);
        }
    }
}
