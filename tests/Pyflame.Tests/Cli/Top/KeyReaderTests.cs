using System.Text;
using Pyflame.Cli.Terminal;

namespace Pyflame.Tests.Cli.Top;

public sealed class KeyReaderTests
{
    private readonly KeyReader _reader = new();

    private static Key Character(string text) => new(KeyKind.Character, Rune.GetRuneAt(text, 0));

    private IReadOnlyList<Key> Read(string text) => _reader.Read(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Characters_of_any_script_are_themselves() =>
        Assert.Equal([Character("q"), Character("é"), Character("函"), Character("🐍")], Read("qé函🐍"));

    [Theory]
    [InlineData("\e[A", "Up")]
    [InlineData("\eOA", "Up")]
    [InlineData("\e[B", "Down")]
    [InlineData("\e[5~", "PageUp")]
    [InlineData("\e[6~", "PageDown")]
    [InlineData("\e[H", "Home")]
    [InlineData("\e[1~", "Home")]
    [InlineData("\eOF", "End")]
    [InlineData("\e[1;5C", "Other")]
    [InlineData("\ex", "Other")]
    [InlineData("\x03", "Interrupt")]
    [InlineData("\x7f", "Backspace")]
    [InlineData("\r", "Enter")]
    [InlineData("\x15", "ClearLine")]
    [InlineData("\x0c", "Redraw")]
    public void Sequences_are_one_key(string bytes, string kind) => Assert.Equal(Enum.Parse<KeyKind>(kind), Assert.Single(Read(bytes)).Kind);

    [Fact]
    public void A_sequence_may_come_in_pieces()
    {
        Assert.Empty(Read("\e"));
        Assert.True(_reader.IsInSequence);
        Assert.Empty(Read("["));
        Assert.Equal([new Key(KeyKind.Down), Character("x")], Read("Bx"));
        Assert.False(_reader.IsInSequence);
    }

    [Fact]
    public void A_character_may_come_in_pieces()
    {
        byte[] bytes = "函"u8.ToArray();
        Assert.Empty(_reader.Read(bytes.AsSpan(0, 2)));
        Assert.Equal([Character("函")], _reader.Read(bytes.AsSpan(2)));
    }

    [Fact]
    public void An_escape_that_nothing_follows_is_the_key()
    {
        Assert.Empty(Read("\e"));
        Assert.Equal([new Key(KeyKind.Escape)], _reader.EndSequence());
        Assert.Empty(_reader.EndSequence());
    }

    [Fact]
    public void An_endless_sequence_is_given_up()
    {
        Assert.Empty(Read("\e[" + new string('1', 31)));
        Assert.False(_reader.IsInSequence);
    }

    [Fact]
    public void Bytes_that_are_no_character_are_some_other_key() =>
        Assert.Equal([new Key(KeyKind.Other), Character("a")], _reader.Read([0xFF, (byte)'a']));
}
