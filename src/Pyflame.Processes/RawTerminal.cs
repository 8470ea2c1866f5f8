using Pyflame.Processes.Linux;

namespace Pyflame.Processes;

/// <summary>
/// The terminal of our own standard output, with its keys read one by one and not echoed, until it is disposed of. Every key is read as
/// its bytes, Ctrl-C included.
/// </summary>
/// <remarks>Not safe for use by two threads at once, but for <see cref="Restore"/>.</remarks>
public abstract class RawTerminal : IDisposable
{
    /// <summary>Takes the terminal over.</summary>
    /// <returns>Null where standard output is none, or no keys can be read.</returns>
    public static RawTerminal? TryOpen() => OperatingSystem.IsLinux() ? LinuxRawTerminal.TryOpen() : null;

    /// <summary>Whether a descriptor of our own is a terminal: 0 for standard input, 1 for standard output, 2 for standard error.</summary>
    public static bool IsTerminal(int descriptor) => OperatingSystem.IsLinux() && LinuxRawTerminal.IsTerminal(descriptor);

    /// <summary>The width in characters of the terminal that standard output is.</summary>
    /// <returns>Null where it is none, or does not know.</returns>
    public static int? ReadOutputWidth() => OperatingSystem.IsLinux() ? LinuxRawTerminal.ReadOutputWidth() : null;

    /// <summary>Asks for the size in characters, which changes as the user likes; 80 and 24 where the terminal does not know.</summary>
    public abstract void ReadSize(out int columns, out int rows);

    /// <summary>Waits for keys.</summary>
    /// <param name="destination">Receives their bytes, UTF-8 and escape sequences as the terminal sends them.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <returns>How many bytes came; 0 where the time is over; -1 where the terminal has gone.</returns>
    public abstract int Read(Span<byte> destination, TimeSpan timeout);

    /// <summary>Writes all bytes, in one system call where the terminal takes them.</summary>
    /// <returns>False where the terminal has gone.</returns>
    public abstract bool TryWrite(ReadOnlySpan<byte> bytes);

    /// <summary>Gives the terminal back as it was found. From any thread, any number of times.</summary>
    public abstract void Restore();

    /// <inheritdoc/>
    public void Dispose()
    {
        Restore();
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the terminal holds.</summary>
    /// <param name="disposing">False from a finalizer.</param>
    protected abstract void Dispose(bool disposing);
}
