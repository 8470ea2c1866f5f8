using System.Globalization;
using System.Numerics;
using System.Text;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python.Values;

/// <summary>Shows objects of the target as <c>repr()</c> would, without running any code: built-in types by their value, others by type and address.</summary>
/// <remarks>Bounded in length and depth, safe on corrupt objects and on containers that contain themselves.</remarks>
public sealed class ValueRenderer
{
    /// <summary>The most characters of one value.</summary>
    public const int MaxLength = 256;

    private const int MaxDepth = 4;
    private const int MaxItems = 16;

    private readonly MemoryReader _memory;
    private readonly StructOffsets _offsets;
    private readonly PythonStrings _strings;
    private readonly DictReader _dicts;
    private readonly Dictionary<RemoteAddress, string> _typeNames = [];

    // Used again and again, each of one piece, so that clearing it allocates none.
    private readonly StringBuilder _text = new(PythonLimits.StringCharacters * 4);
    private readonly StringBuilder _content = new(PythonLimits.StringCharacters * 2);

    // Of the dicts that are being shown, one in another.
    private readonly List<(RemoteAddress Key, RemoteAddress Value)>[] _entries =
        [.. Enumerable.Range(0, MaxDepth + 1).Select(static _ => new List<(RemoteAddress, RemoteAddress)>())];

    private readonly int _first;

    /// <summary>Shows the values of one interpreter.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="offsets">The layout of its interpreter.</param>
    /// <param name="strings">Reads its strings.</param>
    public ValueRenderer(MemoryReader memory, StructOffsets offsets, PythonStrings strings)
    {
        _memory = memory;
        _offsets = offsets;
        _strings = strings;
        _dicts = new DictReader(memory, offsets);
        _first = offsets.Objects.VarSize;
    }

    /// <summary>Shows one object.</summary>
    /// <param name="value">The object, in the target.</param>
    /// <returns>Its text, at most <see cref="MaxLength"/> characters and an ellipsis.</returns>
    public string Render(RemoteAddress value)
    {
        Show(value);
        return _text.ToString();
    }

    /// <summary>As <see cref="Render"/>, behind a text. Allocates nothing where there is room, but for numbers of more than 60 bits.</summary>
    /// <param name="value">The object, in the target.</param>
    /// <param name="text">Receives the text.</param>
    public void Append(RemoteAddress value, StringBuilder text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Show(value);
        text.Append(_text);
    }

    /// <summary>The name of an object's type, such as <c>int</c> or <c>collections.OrderedDict</c>; a question mark where it cannot be read.</summary>
    public string TypeName(RemoteAddress value)
    {
        return _memory.TryReadAddress(value + _offsets.Objects.Type, out RemoteAddress type) ? NameOfType(type) : "?";
    }

    /// <summary>The name of a type; a question mark where it cannot be read.</summary>
    public string NameOfType(RemoteAddress type)
    {
        if (!_typeNames.TryGetValue(type, out string? name))
        {
            name = ReadTypeName(type);
            if (_typeNames.Count < PythonLimits.Types)
            {
                _typeNames.Add(type, name);
            }
        }

        return name;
    }

    private void Show(RemoteAddress value)
    {
        _text.Clear();
        Append(_text, value, 0);
        if (_text.Length > MaxLength)
        {
            _text.Length = MaxLength;
            _text.Append('…');
        }
    }

    private void Append(StringBuilder text, RemoteAddress value, int depth)
    {
        if (text.Length > MaxLength)
        {
            return;
        }

        string type = TypeName(value);
        bool shown = type switch
        {
            "NoneType" => AppendText(text, "None"),
            "bool" => TryAppendBool(text, value),
            "int" or "long" => TryAppendInteger(text, value),
            "float" => _memory.TryRead(value + _first, out double number) && AppendFloat(text, number),
            "str" => TryAppendString(text, value, string.Empty),
            "unicode" => TryAppendString(text, value, "u"),
            "bytes" => TryAppendString(text, value, "b"),
            "list" => TryAppendItems(text, value, _offsets.Objects.ListItems, true, "[", "]", depth),
            "tuple" => TryAppendItems(text, value, _offsets.Objects.TupleItems, false, "(", ")", depth),
            "dict" => TryAppendDict(text, value, depth),
            "set" => TryAppendSet(text, value, "{", "}", depth),
            "frozenset" => TryAppendSet(text, value, "frozenset({", "})", depth),
            _ => false,
        };
        if (!shown)
        {
            text.Append('<').Append(type).Append(" at 0x");
            AppendNumber(text, value.Value, "x");
            text.Append('>');
        }
    }

    private static bool AppendText(StringBuilder text, string value)
    {
        text.Append(value);
        return true;
    }

    private static void AppendNumber(StringBuilder text, ulong number, ReadOnlySpan<char> format = default)
    {
        Span<char> digits = stackalloc char[24];
        number.TryFormat(digits, out int length, format, CultureInfo.InvariantCulture);
        text.Append(digits[..length]);
    }

    // As float.__repr__: the shortest digits that read back the same, with a point or an exponent.
    private static bool AppendFloat(StringBuilder text, double value)
    {
        if (!double.IsFinite(value))
        {
            return AppendText(text, double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf");
        }

        Span<char> digits = stackalloc char[64];
        value.TryFormat(digits, out int length, "R", CultureInfo.InvariantCulture);
        double size = Math.Abs(value);
        if (size != 0 && size is < 1e-4 or >= 1e16)
        {
            digits[..length].Replace('E', 'e');
            text.Append(digits[..length]);
            return true;
        }

        if (digits[..length].Contains('E'))
        {
            ((decimal)value).TryFormat(digits, out length, default, CultureInfo.InvariantCulture);
        }

        text.Append(digits[..length]).Append(digits[..length].Contains('.') ? string.Empty : ".0");
        return true;
    }

    private bool TryAppendBool(StringBuilder text, RemoteAddress value)
    {
        if (_offsets.Version.Major == 2)
        {
            return _memory.TryRead(value + _first, out long number) && AppendText(text, number != 0 ? "True" : "False");
        }

        // The digits of True and False are 1 and 0 in every layout of int.
        return _memory.TryRead(value + _first + 8, out uint digit) && AppendText(text, digit != 0 ? "True" : "False");
    }

    private bool TryAppendInteger(StringBuilder text, RemoteAddress value)
    {
        if (IntegerReader.TryReadSmall(_memory, _offsets, value, out long small))
        {
            text.Append(small < 0 ? "-" : string.Empty);
            AppendNumber(text, (ulong)Math.Abs(small));
            return true;
        }

        if (IntegerReader.TryReadBig(_memory, _offsets, value, out BigInteger number, out long digits))
        {
            return AppendText(text, number.ToString(CultureInfo.InvariantCulture));
        }

        return digits != 0 && AppendText(text, $"<int of {digits} digits of 30 bits>");
    }

    private bool TryAppendString(StringBuilder text, RemoteAddress value, string prefix)
    {
        _content.Clear();
        if (!_strings.TryAppend(value, _content))
        {
            return false;
        }

        bool hasSingle = false;
        bool hasDouble = false;
        foreach (ReadOnlyMemory<char> chunk in _content.GetChunks())
        {
            hasSingle |= chunk.Span.Contains('\'');
            hasDouble |= chunk.Span.Contains('"');
        }

        char quote = hasSingle && !hasDouble ? '"' : '\'';
        text.Append(prefix).Append(quote);
        int most = text.Length + MaxLength;
        foreach (ReadOnlyMemory<char> chunk in _content.GetChunks())
        {
            foreach (char character in chunk.Span)
            {
                if (character == quote && text.Length < most)
                {
                    text.Append('\\');
                }

                if (text.Length < most)
                {
                    text.Append(character);
                }
            }
        }

        text.Append(quote);
        return true;
    }

    private bool TryAppendItems(
        StringBuilder text, RemoteAddress value, int itemsOffset, bool indirect, string open, string close, int depth)
    {
        RemoteAddress items = value + itemsOffset;
        if (!_memory.TryRead(value + _first, out long length) || length < 0 || (indirect && !_memory.TryReadAddress(items, out items)))
        {
            return false;
        }

        text.Append(open);
        for (long i = 0; i < length; i++)
        {
            if (!AppendSeparator(text, i, length, depth))
            {
                break;
            }

            if (!_memory.TryReadAddress(items + (i * 8), out RemoteAddress item))
            {
                return AppendText(text, "?" + close);
            }

            Append(text, item, depth + 1);
        }

        return AppendText(text, length == 1 && open == "(" ? "," + close : close);
    }

    private bool TryAppendDict(StringBuilder text, RemoteAddress value, int depth)
    {
        List<(RemoteAddress Key, RemoteAddress Value)> entries = _entries[Math.Min(depth, MaxDepth)];
        if (!_dicts.TryRead(value, MaxItems + 1, entries, out long length))
        {
            return false;
        }

        text.Append('{');
        for (int i = 0; i < entries.Count && AppendSeparator(text, i, length, depth); i++)
        {
            Append(text, entries[i].Key, depth + 1);
            text.Append(": ");
            Append(text, entries[i].Value, depth + 1);
        }

        return AppendText(text, "}");
    }

    private bool TryAppendSet(StringBuilder text, RemoteAddress value, string open, string close, int depth)
    {
        // PySetObject (Include/setobject.h): fill, used, mask, table. Its entries are key and hash, in 2.x hash and key.
        if (!_memory.TryRead(value + _first + 8, out long used)
            || !_memory.TryRead(value + _first + 16, out long mask)
            || !_memory.TryReadAddress(value + _first + 24, out RemoteAddress table)
            || mask is < 0 or > 1 << 20)
        {
            return false;
        }

        if (used == 0)
        {
            return AppendText(text, open.StartsWith('f') ? "frozenset()" : "set()");
        }

        text.Append(open);
        bool keyFirst = _offsets.Version.Major > 2;
        long shown = 0;
        for (long i = 0; i <= mask && shown < used; i++)
        {
            if (!_memory.TryRead(table + (i * 16) + (keyFirst ? 0 : 8), out ulong key)
                || !_memory.TryRead(table + (i * 16) + (keyFirst ? 8 : 0), out long hash))
            {
                break;
            }

            // What was removed leaves a dummy, whose hash is -1 in 3.x.
            if (key == 0 || hash == -1)
            {
                continue;
            }

            if (!AppendSeparator(text, shown++, used, depth))
            {
                break;
            }

            Append(text, new RemoteAddress(key), depth + 1);
        }

        return AppendText(text, close);
    }

    /// <summary>Begins an item; false where the rest is left out, which an ellipsis says.</summary>
    private static bool AppendSeparator(StringBuilder text, long index, long length, int depth)
    {
        if (index > 0)
        {
            text.Append(", ");
        }

        if (depth < MaxDepth && index < MaxItems && text.Length <= MaxLength)
        {
            return true;
        }

        text.Append(index < length ? "…" : string.Empty);
        return false;
    }

    private string ReadTypeName(RemoteAddress type)
    {
        if (!_memory.TryReadAddress(type + _offsets.Objects.TypeName, out RemoteAddress address))
        {
            return "?";
        }

        // Byte by byte near the end of a page: what is behind the name may not be mapped.
        Span<byte> name = stackalloc byte[128];
        int length = name.Length;
        while (length > 8 && !_memory.TryRead(address, name[..length]))
        {
            length /= 2;
        }

        int end = name[..length].IndexOf((byte)0);
        return end <= 0 || !_memory.TryRead(address, name[..end]) ? "?" : Encoding.UTF8.GetString(name[..end]);
    }
}
