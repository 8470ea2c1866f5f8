namespace Pyflame.Cli.Output;

/// <summary>
/// A regular file, written under another name in the same folder and renamed once it is whole: whoever looks at the final name
/// finds the old file or the new one, never half of one.
/// </summary>
internal sealed class ReplacedFile : ProfileOutput
{
    private readonly string _path;
    private readonly string _temporaryPath;
    private readonly FileStream _stream;
    private bool _isWritten;

    private ReplacedFile(string name, string path, string temporaryPath, FileStream stream)
    {
        Name = name;
        _path = path;
        _temporaryPath = temporaryPath;
        _stream = stream;
    }

    /// <inheritdoc/>
    protected override string Name { get; }

    /// <summary>Makes the file under its other name.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="path">Its final, full path.</param>
    /// <param name="mode">The permissions of the file to be replaced; null for those of any new file.</param>
    public static ReplacedFile Open(string name, string path, UnixFileMode? mode)
    {
        string folder = Path.GetDirectoryName(path) ?? "/";

        // Hidden, and of a length that any file system takes however long the final name is.
        string temporaryPath = Path.Combine(folder, $".pyflame-{Environment.ProcessId}-{Path.GetRandomFileName()}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
        };
        FileStream stream;
        try
        {
            stream = new FileStream(temporaryPath, options);
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new IOException($"There is no folder {folder}.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UnauthorizedAccessException($"No file can be made in the folder {folder}: permission denied.", exception);
        }

        if (mode is not null && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(stream.SafeFileHandle, mode.Value);
        }

        return new ReplacedFile(name, path, temporaryPath, stream);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stream.Dispose();
        if (!_isWritten)
        {
            try
            {
                File.Delete(_temporaryPath);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The folder has become unwritable meanwhile; what made us give up has been said already.
            }
        }
    }

    /// <inheritdoc/>
    protected override void WriteWhole(Action<Stream> write)
    {
        WriteBuffered(_stream, write);

        // On disk before the rename is: after a power cut, too, the final name must not stand for an empty file.
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_temporaryPath, _path, overwrite: true);
        _isWritten = true;
    }
}
