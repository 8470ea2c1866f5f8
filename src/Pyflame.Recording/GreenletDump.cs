namespace Pyflame.Recording;

/// <summary>A greenlet that was switched away from at one moment.</summary>
/// <param name="Address">Its <c>id()</c> in the target.</param>
/// <param name="Type">Its type, such as <c>greenlet</c>, <c>Greenlet</c> or <c>Hub</c>.</param>
/// <param name="Parent">The <c>id()</c> of its parent; 0 of a main greenlet.</param>
/// <param name="ThreadId">The kernel's id of its thread; 0 where that is not known, as before greenlet 2.</param>
/// <param name="Frames">Innermost frame first.</param>
public sealed record GreenletDump(ulong Address, string Type, ulong Parent, int ThreadId, IReadOnlyList<DumpedFrame> Frames);
