namespace Pyflame.Cli.Top;

/// <summary>What a key asks for beyond a change of the view.</summary>
internal enum TopAction
{
    None,
    Quit,
    Reset,
    Redraw,
}
