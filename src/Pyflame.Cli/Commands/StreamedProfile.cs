using Pyflame.Cli.Output;
using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>Samples that go into a profile file as they are taken: a crash of ours, or of the machine, loses a second of them at the most.</summary>
internal sealed class StreamedProfile : ProfileKeeper
{
    private readonly FileStream _file;
    private readonly Lazy<ProfileFileWriter> _writer;
    private readonly bool _isNew;

    /// <summary>Opens the file. What stood in it goes once the sampling begins.</summary>
    public StreamedProfile(Profile profile, string path)
    {
        try
        {
            _isNew = !File.Exists(path);
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(path, exception);
        }

        profile.Samples = null;
        profile.Counts = null;
        _writer = new Lazy<ProfileFileWriter>(() =>
        {
            _file.SetLength(0);
            return new ProfileFileWriter(_file, profile, leaveOpen: true);
        });
        Sink = new LazySink(_writer);
    }

    /// <inheritdoc/>
    public override ISampleSink Sink { get; }

    /// <inheritdoc/>
    public override void WriteSnapshot() => Guard(() => _writer.Value.Flush());

    /// <inheritdoc/>
    public override void Complete() => Guard(() => _writer.Value.Complete());

    /// <inheritdoc/>
    public override void Dispose()
    {
        _file.Dispose();
        if (_isNew && !_writer.IsValueCreated)
        {
            File.Delete(Path);
        }
    }

    private static OutputException Failure(string path, Exception cause) => new($"Cannot write {path}: {cause.Message}", cause);

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (IOException exception)
        {
            throw Failure(Path, exception);
        }
    }

    private sealed class LazySink(Lazy<ProfileFileWriter> writer) : ISampleSink
    {
        public void Add(in Sample sample) => writer.Value.Add(sample);
    }
}
