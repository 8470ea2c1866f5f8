namespace Pyflame.Recording;

/// <summary>An argument or local of a dumped frame.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value as <c>repr()</c> would show it, cut at a length; other than built-in types by type and address.</param>
/// <param name="IsArgument">Whether it is an argument.</param>
public sealed record DumpedVariable(string Name, string Value, bool IsArgument);
