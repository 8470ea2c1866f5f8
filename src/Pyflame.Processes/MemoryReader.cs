using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pyflame.Processes;

/// <summary>Reads the memory of a target: a live process, a snapshot of one, or a core file.</summary>
/// <remarks>
/// A failed read is a status and never an exception: memory that is gone is an everyday event while a program runs.
/// Nothing is cached and no map is consulted; the kernel's answer is the only truth. Not safe for use by two threads at
/// once.
/// </remarks>
public abstract class MemoryReader
{
    /// <summary>Reads exactly as many bytes as <paramref name="destination"/> holds.</summary>
    /// <param name="address">The first byte, in the target.</param>
    /// <param name="destination">The caller's buffer. Its content is undefined when the read fails.</param>
    /// <returns>False where any of the bytes cannot be read.</returns>
    public abstract bool TryRead(RemoteAddress address, Span<byte> destination);

    /// <summary>
    /// Reads many ranges, in the order given, one behind the other into <paramref name="destination"/>; on a live
    /// process one system call for up to <see cref="MaxRangesPerCall"/> ranges.
    /// </summary>
    /// <param name="ranges">What to read, in the target.</param>
    /// <param name="destination">The caller's buffer, at least as long as all the ranges together.</param>
    /// <returns>
    /// How many bytes were read before the first that cannot be read, in the order of the ranges: all of them where it
    /// succeeds. A range may be read in part.
    /// </returns>
    public virtual int ReadMany(ReadOnlySpan<RemoteRange> ranges, Span<byte> destination)
    {
        int total = 0;
        foreach (RemoteRange range in ranges)
        {
            if (range.Length > (ulong)(destination.Length - total))
            {
                break;
            }

            int count = ReadPart(range.Address, destination.Slice(total, (int)range.Length));
            total += count;
            if ((ulong)count < range.Length)
            {
                break;
            }
        }

        return total;
    }

    /// <summary>The most ranges that one system call takes (<c>IOV_MAX</c>, 1024 on Linux).</summary>
    public virtual int MaxRangesPerCall => 1024;

    /// <summary>Reads one value of a blittable type.</summary>
    /// <param name="address">The first byte, in the target.</param>
    /// <param name="value">The value read; <c>default</c> where the read failed.</param>
    [SkipLocalsInit]
    public bool TryRead<T>(RemoteAddress address, out T value)
        where T : unmanaged
    {
        Unsafe.SkipInit(out value);
        if (TryRead(address, MemoryMarshal.AsBytes(new Span<T>(ref value))))
        {
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Reads a pointer of the target.</summary>
    public bool TryReadAddress(RemoteAddress address, out RemoteAddress value)
    {
        bool read = TryRead(address, out ulong raw);
        value = new RemoteAddress(raw);
        return read;
    }

    /// <summary>Reads one range as far as that can be done; <see cref="ReadMany"/> is made of it where a reader has no better way.</summary>
    /// <param name="address">The first byte, in the target.</param>
    /// <param name="destination">The caller's buffer.</param>
    /// <returns>How many bytes were read before the first that cannot be read.</returns>
    protected virtual int ReadPart(RemoteAddress address, Span<byte> destination) => TryRead(address, destination) ? destination.Length : 0;
}
