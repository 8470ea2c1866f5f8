using System.Runtime.CompilerServices;
using System.Text;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>
/// <c>/proc/PID</c> of one process, held open: what is read through it is never that of another process that got the
/// same PID since.
/// </summary>
internal sealed unsafe class ProcFolder : IDisposable
{
    private int descriptor;

    private ProcFolder(int descriptor) => this.descriptor = descriptor;

    /// <summary>The open folder, for calls that take one.</summary>
    public int Descriptor => descriptor;

    /// <summary>Opens the folder of a process.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="error">Why not: ENOENT where there is none, or none that we are let to see (hidepid).</param>
    /// <returns>The folder; null where it cannot be opened.</returns>
    public static ProcFolder? TryOpen(int processId, out int error)
    {
        int opened = Open(
            Libc.AtCurrentDirectory, $"/proc/{processId}", Libc.OpenPathOnly | Libc.OpenDirectory, out error);
        return opened < 0 ? null : new ProcFolder(opened);
    }

    /// <summary>Opens a file below an open folder. The caller closes it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="path">The path from it, without a slash in front.</param>
    /// <param name="flags">Flags of open(2); the descriptor is closed on exec always.</param>
    /// <param name="error">The error number where it cannot be opened.</param>
    /// <returns>The descriptor, or -1.</returns>
    public static int Open(int folder, string path, int flags, out int error)
    {
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* bytes = NullTerminated(path, buffer))
        {
            int opened = Libc.OpenAt(folder, bytes, flags | Libc.OpenCloseOnExec, 0);
            error = opened < 0 ? System.Runtime.InteropServices.Marshal.GetLastPInvokeError() : 0;
            return opened;
        }
    }

    /// <summary>A text as the kernel takes it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="buffer">Room for it; more is made where it does not suffice.</param>
    public static ReadOnlySpan<byte> NullTerminated(string text, Span<byte> buffer)
    {
        int count = Encoding.UTF8.GetByteCount(text);
        if (count >= buffer.Length)
        {
            buffer = new byte[count + 1];
        }

        Encoding.UTF8.GetBytes(text, buffer);
        buffer[count] = 0;
        return buffer[..(count + 1)];
    }

    /// <summary>Reads a file of this folder.</summary>
    /// <param name="path">The path from the folder.</param>
    /// <param name="buffer">Filled from its beginning, and replaced by a longer one where it does not suffice.</param>
    /// <param name="error">The error number where the file cannot be read.</param>
    /// <returns>
    /// How many bytes there are, up to <see cref="ParseLimits.ProcFileBytes"/>; -1 where the file cannot be read.
    /// </returns>
    public int Read(string path, ref byte[] buffer, out int error)
    {
        int file = Open(descriptor, path, Libc.OpenReadOnly, out error);
        if (file < 0)
        {
            return -1;
        }

        try
        {
            int total = 0;
            while (true)
            {
                if (total == buffer.Length)
                {
                    if (total >= ParseLimits.ProcFileBytes)
                    {
                        return total;
                    }

                    Array.Resize(ref buffer, total * 4);
                }

                nint count;
                fixed (byte* bytes = &buffer[total])
                {
                    count = Libc.Read(file, bytes, (nuint)(buffer.Length - total));
                }

                if (count < 0)
                {
                    error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
                    if (error == Errno.Interrupted)
                    {
                        continue;
                    }

                    return -1;
                }

                if (count == 0)
                {
                    return total;
                }

                total += (int)count;
            }
        }
        finally
        {
            _ = Libc.Close(file);
        }
    }

    /// <summary>Reads the beginning of a file of this folder, without allocating.</summary>
    /// <returns>How many bytes were read; -1 where the file cannot be read.</returns>
    [SkipLocalsInit]
    public int ReadStart(ReadOnlySpan<byte> nullTerminatedPath, Span<byte> buffer) => ReadStart(descriptor, nullTerminatedPath, buffer);

    /// <summary>Reads the beginning of a file below an open folder, without allocating.</summary>
    /// <returns>How many bytes were read; -1 where the file cannot be read.</returns>
    [SkipLocalsInit]
    public static int ReadStart(int folder, ReadOnlySpan<byte> nullTerminatedPath, Span<byte> buffer)
    {
        int file;
        fixed (byte* path = nullTerminatedPath)
        {
            file = Libc.OpenAt(folder, path, Libc.OpenReadOnly | Libc.OpenCloseOnExec, 0);
        }

        if (file < 0)
        {
            return -1;
        }

        nint count;
        fixed (byte* bytes = buffer)
        {
            count = Libc.Read(file, bytes, (nuint)buffer.Length);
        }

        _ = Libc.Close(file);
        return (int)count;
    }

    /// <summary>Reads where a link of this folder points; null where it cannot be read.</summary>
    public string? ReadLink(string path)
    {
        Span<byte> pathBuffer = stackalloc byte[64];
        byte[] target = new byte[4096];
        fixed (byte* name = NullTerminated(path, pathBuffer))
        fixed (byte* bytes = target)
        {
            nint count = Libc.ReadLinkAt(descriptor, name, bytes, (nuint)target.Length);
            return count < 0 ? null : ByteText.Decode(target.AsSpan(0, (int)count));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int closing = Interlocked.Exchange(ref descriptor, -1);
        if (closing >= 0)
        {
            _ = Libc.Close(closing);
        }
    }
}
