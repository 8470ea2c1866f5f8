namespace Pyflame.Python.Values;

/// <summary>One step from a value to another.</summary>
/// <param name="IsAttribute">Whether it is an attribute; else a key or index.</param>
/// <param name="Text">The attribute's name, or the key.</param>
/// <param name="Index">The key as a number, where it is one without quotes.</param>
public sealed record TagStep(bool IsAttribute, string Text, long? Index);
