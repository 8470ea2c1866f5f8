using System.Runtime.InteropServices;

namespace Pyflame.Processes;

/// <summary>A run of bytes in the target process.</summary>
/// <param name="Address">The first byte.</param>
/// <param name="Length">How many bytes.</param>
/// <remarks>
/// Laid out like <c>struct iovec</c> (readv(2)) on 64-bit, so that a list of ranges is handed to the kernel as it is.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct RemoteRange(RemoteAddress Address, ulong Length)
{
    /// <summary>The first address behind the range.</summary>
    public RemoteAddress End => Address + (long)Length;

    /// <summary>Whether <paramref name="address"/> lies inside.</summary>
    public bool Contains(RemoteAddress address) => address.Value - Address.Value < Length;

    /// <summary>Whether <paramref name="length"/> bytes from <paramref name="address"/> on lie inside.</summary>
    public bool Contains(RemoteAddress address, ulong length)
    {
        ulong offset = address.Value - Address.Value;
        return offset <= Length && length <= Length - offset;
    }
}
