using Pyflame.Processes;

namespace Pyflame.Python.Values;

/// <summary>An argument or local of a frame.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The object it refers to, in the target.</param>
/// <param name="IsArgument">Whether it is an argument.</param>
public readonly record struct FrameVariable(string Name, RemoteAddress Value, bool IsArgument);
