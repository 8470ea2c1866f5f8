namespace Pyflame.Cli.Output;

/// <summary>A file that is written as it stands: a FIFO, a device, or one in a folder where no new file can be made.</summary>
internal sealed class DirectFile : ProfileOutput
{
    private readonly FileStream _stream;
    private readonly bool _replaceContent;

    /// <summary>Takes over the stream.</summary>
    public DirectFile(string name, FileStream stream, bool replaceContent)
    {
        Name = name;
        _stream = stream;
        _replaceContent = replaceContent;
    }

    /// <inheritdoc/>
    protected override string Name { get; }

    /// <inheritdoc/>
    public override void Dispose() => _stream.Dispose();

    /// <inheritdoc/>
    protected override void WriteWhole(Action<Stream> write)
    {
        if (_replaceContent)
        {
            _stream.SetLength(0);
        }
        else if (_stream.CanSeek)
        {
            _stream.Seek(0, SeekOrigin.End);
        }

        WriteBuffered(_stream, write);
    }
}
