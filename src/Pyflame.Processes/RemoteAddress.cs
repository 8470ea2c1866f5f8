using System.Globalization;

namespace Pyflame.Processes;

/// <summary>An address in the target process, never in ours.</summary>
/// <param name="Value">The virtual address, in bytes.</param>
/// <remarks>
/// There are no implicit conversions, so that an address of ours cannot stand where one of the target is due.
/// </remarks>
public readonly record struct RemoteAddress(ulong Value) : IComparable<RemoteAddress>
{
    /// <summary>The null pointer.</summary>
    public static RemoteAddress Null => default;

    /// <summary>Whether this is the null pointer.</summary>
    public bool IsNull => Value == 0;

    /// <summary>The address <paramref name="bytes"/> further on; wraps like the target's own arithmetic.</summary>
    public static RemoteAddress operator +(RemoteAddress address, long bytes) => new(unchecked(address.Value + (ulong)bytes));

    /// <summary>The address <paramref name="bytes"/> before; wraps like the target's own arithmetic.</summary>
    public static RemoteAddress operator -(RemoteAddress address, long bytes) => new(unchecked(address.Value - (ulong)bytes));

    /// <summary>The distance in bytes from <paramref name="right"/> to <paramref name="left"/>.</summary>
    public static long operator -(RemoteAddress left, RemoteAddress right) => unchecked((long)(left.Value - right.Value));

    /// <summary>Unsigned comparison.</summary>
    public static bool operator <(RemoteAddress left, RemoteAddress right) => left.Value < right.Value;

    /// <summary>Unsigned comparison.</summary>
    public static bool operator >(RemoteAddress left, RemoteAddress right) => left.Value > right.Value;

    /// <summary>Unsigned comparison.</summary>
    public static bool operator <=(RemoteAddress left, RemoteAddress right) => left.Value <= right.Value;

    /// <summary>Unsigned comparison.</summary>
    public static bool operator >=(RemoteAddress left, RemoteAddress right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(RemoteAddress other) => Value.CompareTo(other.Value);

    /// <summary>The address as <c>0x</c> and lower-case hexadecimal digits.</summary>
    public override string ToString() => "0x" + Value.ToString("x", CultureInfo.InvariantCulture);
}
