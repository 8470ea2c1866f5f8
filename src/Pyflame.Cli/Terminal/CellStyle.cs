namespace Pyflame.Cli.Terminal;

/// <summary>How a character of a screen looks.</summary>
[Flags]
internal enum CellStyle : byte
{
    /// <summary>As text does.</summary>
    Normal = 0,

    Bold = 1,
    Dim = 2,
    Reverse = 4,
    Red = 8,
    Yellow = 16,
    Cyan = 32,
    Green = 64,

    /// <summary>All that terminals without colours, and users without a wish for them, do without.</summary>
    Colours = Red | Yellow | Cyan | Green,
}
