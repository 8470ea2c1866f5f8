namespace Pyflame.Cli.Terminal;

/// <summary>What a key is for.</summary>
internal enum KeyKind
{
    /// <summary>A character.</summary>
    Character,

    Enter,
    Escape,
    Backspace,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,

    /// <summary>Ctrl-C, or Ctrl-\.</summary>
    Interrupt,

    /// <summary>Ctrl-U: away with the line.</summary>
    ClearLine,

    /// <summary>Ctrl-L: draw the screen anew.</summary>
    Redraw,

    /// <summary>Some other key.</summary>
    Other,
}
