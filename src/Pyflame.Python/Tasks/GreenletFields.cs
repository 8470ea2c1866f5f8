using Pyflame.Processes;

namespace Pyflame.Python.Tasks;

/// <summary>What one greenlet says of itself.</summary>
internal readonly record struct GreenletFields
{
    /// <summary>The object of C++ that holds it all; empty before greenlet 2.</summary>
    public RemoteRange Implementation { get; init; }

    /// <summary>The <c>frame</c> object that it stands at; null while it runs, and where it has not begun or has ended.</summary>
    public RemoteAddress FrameObject { get; init; }

    /// <summary>
    /// Whether it runs: it has begun and not ended, and stands nowhere. In the middle of a switch neither does; a greenlet that was switched
    /// away from without a frame looks as if it did.
    /// </summary>
    public bool IsRunning { get; init; }

    /// <summary>The main greenlet of its thread; null of a main greenlet itself, and before greenlet 2.</summary>
    public RemoteAddress Main { get; init; }

    /// <summary>Its parent; null of a main greenlet.</summary>
    public RemoteAddress Parent { get; init; }

    /// <summary>Where on the C stack the part begins that was copied to make room for another greenlet.</summary>
    public ulong StackStart { get; init; }

    /// <summary>How many bytes of the C stack were copied.</summary>
    public ulong StackSaved { get; init; }

    /// <summary>The copy.</summary>
    public RemoteAddress StackCopy { get; init; }

    /// <summary>Where the bytes of an address of the greenlet lie while it is switched away from.</summary>
    public RemoteAddress WhereKept(RemoteAddress address) =>
        !StackCopy.IsNull && address.Value - StackStart < StackSaved ? StackCopy + (long)(address.Value - StackStart) : address;
}
