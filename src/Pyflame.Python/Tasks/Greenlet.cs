using Pyflame.Processes;

namespace Pyflame.Python.Tasks;

/// <summary>A greenlet that is switched away from.</summary>
/// <param name="Address">The greenlet, in the target.</param>
/// <param name="Parent">Its parent, in the target; null of a main greenlet.</param>
/// <param name="Main">The main greenlet of its thread, in the target; null where that is not known.</param>
/// <param name="Type">Its type, such as <c>greenlet.greenlet</c> or <c>Hub</c>.</param>
/// <param name="Frames">Its frames, outermost first.</param>
public sealed record Greenlet(RemoteAddress Address, RemoteAddress Parent, RemoteAddress Main, string Type, IReadOnlyList<RawFrame> Frames);
