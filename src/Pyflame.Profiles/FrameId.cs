namespace Pyflame.Profiles;

/// <summary>A frame, which is a function and a line in it, of a <see cref="FrameTable"/>.</summary>
/// <param name="Value">The index in the table.</param>
public readonly record struct FrameId(int Value);
