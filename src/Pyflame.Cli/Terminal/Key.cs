using System.Text;

namespace Pyflame.Cli.Terminal;

/// <summary>A key that was pressed.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Character">Which character it is, of <see cref="KeyKind.Character"/>.</param>
internal readonly record struct Key(KeyKind Kind, Rune Character = default);
