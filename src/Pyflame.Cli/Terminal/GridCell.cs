namespace Pyflame.Cli.Terminal;

/// <summary>One place of a screen.</summary>
/// <param name="Text">A character and the marks on it; empty where the wide character to the left reaches here.</param>
/// <param name="Style">How it looks.</param>
internal readonly record struct GridCell(string Text, CellStyle Style);
