using Pyflame.Cli.Output;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Cli.Commands;

/// <summary>Samples that are written as JSON Lines as they are taken, for a reader that waits for them.</summary>
/// <remarks>A reader that is slower than the samples come holds up the sampling, which counts what it misses.</remarks>
internal sealed class StreamedLines : ProfileKeeper, ISampleSink
{
    private const int StandardOutputDescriptor = 1;

    // A write for each sample would cost more than taking it.
    private const long FlushNanoseconds = 100_000_000;

    private readonly Stream _stream;
    private readonly Lazy<JsonLinesSink> _lines;
    private readonly bool _isNew;
    private long _flushed = long.MinValue;

    /// <summary>Opens the place. What stood in a file goes once the sampling begins.</summary>
    public StreamedLines(RecordRequest request, Profile profile, string path)
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
        _lines = new Lazy<JsonLinesSink>(() =>
        {
            // A FIFO has no length.
            if (_stream.CanSeek)
            {
                _stream.SetLength(0);
            }

            return new JsonLinesSink(profile, _stream, request.View.Options(profile, request.Writer));
        });
    }

    /// <inheritdoc/>
    public override ISampleSink Sink => this;

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        _lines.Value.Add(sample);
        if (sample.TimestampNanoseconds - FlushNanoseconds >= _flushed)
        {
            _flushed = sample.TimestampNanoseconds;
            _lines.Value.Flush();
        }
    }

    /// <inheritdoc/>
    public override void WriteSnapshot() => Guard(() => _lines.Value.Flush());

    /// <inheritdoc/>
    public override void Complete() => Guard(() => _lines.Value.Complete());

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stream.Dispose();
        if (_isNew && !_lines.IsValueCreated)
        {
            File.Delete(Path);
        }
    }

    private static OutputException Failure(string path, Exception cause) =>
        new($"Cannot write {(path == "-" ? "standard output" : path)}: {cause.Message}", cause);

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
