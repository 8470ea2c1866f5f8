using System.Buffers;
using System.Text;

namespace Pyflame.Cli.Terminal;

/// <summary>Turns the bytes that a terminal sends into keys. A sequence may come in pieces.</summary>
internal sealed class KeyReader
{
    // The longest sequence that a key has, far longer than any; what is longer is no key.
    private const int MaximumLength = 32;

    private readonly List<byte> _pending = [];

    /// <summary>Whether a sequence has begun that may go on: an Escape alone looks the same.</summary>
    public bool IsInSequence => _pending.Count > 0;

    /// <summary>The keys that these bytes complete.</summary>
    public IReadOnlyList<Key> Read(ReadOnlySpan<byte> bytes)
    {
        var keys = new List<Key>();
        foreach (byte value in bytes)
        {
            _pending.Add(value);
            if (TryComplete(out Key key))
            {
                keys.Add(key);
                _pending.Clear();
            }
            else if (_pending.Count > MaximumLength)
            {
                _pending.Clear();
            }
        }

        return keys;
    }

    /// <summary>Ends a sequence that did not go on within a moment: what came was the Escape key, or nothing.</summary>
    public IReadOnlyList<Key> EndSequence()
    {
        bool isEscape = _pending is [0x1B];
        _pending.Clear();
        return isEscape ? [new Key(KeyKind.Escape)] : [];
    }

    private static KeyKind OfControl(byte control) => control switch
    {
        0x03 or 0x1C => KeyKind.Interrupt,
        0x08 or 0x7F => KeyKind.Backspace,
        0x0A or 0x0D => KeyKind.Enter,
        0x0C => KeyKind.Redraw,
        0x15 => KeyKind.ClearLine,
        _ => KeyKind.Other,
    };

    // The last byte of "ESC [ ..." and "ESC O .", and the number before "~" (xterm's control sequences; VT220 keyboards).
    private static KeyKind OfSequence(ReadOnlySpan<byte> sequence) => sequence[^1] switch
    {
        (byte)'A' => KeyKind.Up,
        (byte)'B' => KeyKind.Down,
        (byte)'H' => KeyKind.Home,
        (byte)'F' => KeyKind.End,
        (byte)'~' when sequence is [_, _, (byte)'1' or (byte)'7', _] => KeyKind.Home,
        (byte)'~' when sequence is [_, _, (byte)'4' or (byte)'8', _] => KeyKind.End,
        (byte)'~' when sequence is [_, _, (byte)'5', _] => KeyKind.PageUp,
        (byte)'~' when sequence is [_, _, (byte)'6', _] => KeyKind.PageDown,
        _ => KeyKind.Other,
    };

    private bool TryComplete(out Key key)
    {
        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending);
        key = new Key(KeyKind.Other);
        switch (bytes)
        {
            case [0x1B]:
            case [0x1B, (byte)'[' or (byte)'O']:
                return false;
            case [0x1B, 0x1B]:
                key = new Key(KeyKind.Escape);
                return true;
            case [0x1B, (byte)'O', _]:
                key = new Key(OfSequence(bytes));
                return true;
            case [0x1B, (byte)'[', .., >= 0x40 and <= 0x7E]:
                key = new Key(OfSequence(bytes));
                return true;
            case [0x1B, (byte)'[', ..]:
                return false;
            case [0x1B, _]:
                // A key pressed with Alt.
                return true;
            case [< 0x20 or 0x7F]:
                key = new Key(OfControl(bytes[0]));
                return true;
        }

        OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune character, out _);
        if (status == OperationStatus.NeedMoreData)
        {
            return false;
        }

        key = status == OperationStatus.Done ? new Key(KeyKind.Character, character) : key;
        return true;
    }
}
