namespace Pyflame.Profiles;

/// <summary>A text of a <see cref="StringTable"/>. The default is the empty text.</summary>
/// <param name="Value">The index in the table.</param>
public readonly record struct StringId(int Value);
