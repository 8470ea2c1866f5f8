using System.Diagnostics.CodeAnalysis;

namespace Pyflame.Cli.Output;

/// <summary>Where a profile goes: opened before anything is sampled, so that what cannot be written is found out at once.</summary>
internal abstract class ProfileOutput : IDisposable
{
    /// <summary>What messages call it.</summary>
    protected abstract string Name { get; }

    /// <summary>Opens the place that a user names.</summary>
    /// <param name="path">A path; null or <c>-</c> for standard output.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public static ProfileOutput Open(string? path)
    {
        if (IsStandardOutput(path))
        {
            return StandardOutput.Open();
        }

        try
        {
            return OpenFile(path, Path.GetFullPath(path));
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            throw CannotWrite(path, exception);
        }
    }

    /// <summary>Whether a user who names this means standard output.</summary>
    /// <param name="path">A path; null where none was named.</param>
    public static bool IsStandardOutput([NotNullWhen(false)] string? path) =>
        path is null or "-" or "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1";

    /// <summary>Has the profile written, and makes it appear under its final name.</summary>
    /// <param name="write">Writes it; leaves the stream open.</param>
    /// <exception cref="OutputException">It could not be written whole.</exception>
    /// <exception cref="BrokenPipeException">Whoever read it has gone.</exception>
    public void Write(Action<Stream> write)
    {
        try
        {
            WriteWhole(write);
        }
        catch (IOException exception) when (BrokenPipeException.Tells(exception))
        {
            throw new BrokenPipeException(exception);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            throw CannotWrite(Name, exception);
        }
    }

    /// <summary>Gives up what was not written.</summary>
    public abstract void Dispose();

    /// <summary>As <see cref="Write"/>, with the exceptions of the streams.</summary>
    protected abstract void WriteWhole(Action<Stream> write);

    /// <summary>Writes through a buffer that, unlike a stream's own, is not written once more when the stream is disposed of.</summary>
    protected static void WriteBuffered(Stream stream, Action<Stream> write)
    {
        using var buffered = new WriteBehindStream(stream);
        write(buffered);
        buffered.Flush();
    }

    private static ProfileOutput OpenFile(string path, string full)
    {
        if (Directory.Exists(full))
        {
            throw new IOException("It is a directory.");
        }

        // These lead to files that others have open. A new file in the place of one would take it away from them, and
        // what they wrote there must stay.
        if (full.StartsWith("/proc/", StringComparison.Ordinal) || full.StartsWith("/dev/fd/", StringComparison.Ordinal)
            || full == "/dev/stderr")
        {
            return new DirectFile(path, OpenExisting(full), replaceContent: false);
        }

        // What a link leads to is replaced, not the link.
        var named = new FileInfo(full);
        string target = named.LinkTarget is null ? full : named.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        if (!File.Exists(target))
        {
            return ReplacedFile.Open(path, target, mode: null);
        }

        FileStream existing = OpenExisting(target);
        bool isRegular = IsRegular(existing);
        if (!isRegular)
        {
            return new DirectFile(path, existing, replaceContent: false);
        }

        try
        {
            ReplacedFile replaced = ReplacedFile.Open(path, target, OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(target));
            existing.Dispose();
            return replaced;
        }
        catch (UnauthorizedAccessException)
        {
            // The file may be written, its folder not.
            return new DirectFile(path, existing, replaceContent: true);
        }
    }

    // Without a lock: the file may be a FIFO or device that others use too. Opening a FIFO waits for its reader.
    private static FileStream OpenExisting(string path) =>
        new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    // Nothing but a regular file can be given a length (ftruncate(2), EINVAL), not even the one it has; and .NET tells
    // devices from files in no other way.
    private static bool IsRegular(FileStream stream)
    {
        if (!stream.CanSeek)
        {
            return false;
        }

        try
        {
            stream.SetLength(stream.Length);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool IsFailure(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    private static OutputException CannotWrite(string name, Exception cause) => new($"Cannot write {name}: {FileTrouble.Reason(cause)}", cause);
}
