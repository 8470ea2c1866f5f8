namespace Pyflame.Profiles;

/// <summary>A function of a <see cref="FunctionTable"/>.</summary>
/// <param name="Value">The index in the table.</param>
public readonly record struct FunctionId(int Value);
