using System.Text;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python.Values;

/// <summary>Reads the value of a <see cref="TagExpression"/> from a frame, without running any code of the target.</summary>
/// <remarks>
/// An attribute is one of the instance's own, in its <c>__dict__</c>: properties, slots and what the class has are not looked at. A key is one of a
/// <c>dict</c>, a <c>list</c> or a <c>tuple</c>.
/// </remarks>
public sealed class TagReader
{
    private const int MaxItems = 1 << 20;
    private readonly MemoryReader _memory;
    private readonly StructOffsets _offsets;
    private readonly PythonStrings _strings;
    private readonly ValueRenderer _values;
    private readonly DictReader _dicts;
    private readonly AttributeReader _attributes;
    private readonly FrameVariables _variables;
    private readonly List<(RemoteAddress Key, RemoteAddress Value)> _entries = [];

    /// <summary>Reads the values of one interpreter.</summary>
    public TagReader(MemoryReader memory, StructOffsets offsets, PythonStrings strings, ValueRenderer values)
    {
        _memory = memory;
        _offsets = offsets;
        _strings = strings;
        _values = values;
        _dicts = new DictReader(memory, offsets);
        _attributes = new AttributeReader(memory, offsets, _dicts, strings);
        _variables = new FrameVariables(memory, offsets, values);
    }

    /// <summary>
    /// Appends the value as text: a string as it is, all else as <c>repr()</c> would show it. Allocates nothing once its types are known.
    /// </summary>
    /// <param name="expression">What to read.</param>
    /// <param name="frame">A frame of its function, in the target.</param>
    /// <param name="code">The frame's code.</param>
    /// <param name="text">Receives the text.</param>
    /// <returns>False where it has no such value; nothing is appended then.</returns>
    public bool TryAppend(TagExpression expression, RemoteAddress frame, CodeObject code, StringBuilder text)
    {
        ArgumentNullException.ThrowIfNull(expression);
        ArgumentNullException.ThrowIfNull(code);
        if (!_variables.TryReadValue(frame, code, expression.Local, out RemoteAddress value))
        {
            return false;
        }

        for (int i = 0; i < expression.Steps.Count; i++)
        {
            TagStep step = expression.Steps[i];
            if (!(step.IsAttribute ? _attributes.TryGet(value, step.Text, out RemoteAddress next) : TryGetItem(value, step, out next)))
            {
                return false;
            }

            value = next;
        }

        if (!_strings.TryAppend(value, text))
        {
            _values.Append(value, text);
        }

        return true;
    }

    private bool TryGetItem(RemoteAddress container, TagStep step, out RemoteAddress item)
    {
        item = default;
        string type = _values.TypeName(container);
        if (type is "list" or "tuple")
        {
            if (step.Index is not { } index || !_memory.TryRead(container + _offsets.Objects.VarSize, out long count) || count is < 0 or > MaxItems)
            {
                return false;
            }

            RemoteAddress items = container + _offsets.Objects.TupleItems;
            index = index < 0 ? index + count : index;
            return index >= 0 && index < count
                && (type == "tuple" || _memory.TryReadAddress(container + _offsets.Objects.ListItems, out items))
                && _memory.TryReadAddress(items + (index * 8), out item);
        }

        if (!type.EndsWith("dict", StringComparison.OrdinalIgnoreCase) || !_dicts.TryRead(container, MaxItems, _entries, out _))
        {
            return false;
        }

        foreach ((RemoteAddress key, RemoteAddress value) in _entries)
        {
            bool isMeant = step.Index is >= 0 and var wanted && _values.TypeName(key) is "int" or "long"
                && IntegerReader.TryRead(_memory, _offsets, key, out ulong number)
                ? number == (ulong)wanted
                : _strings.IsText(key, step.Text);
            if (isMeant)
            {
                item = value;
                return true;
            }
        }

        return false;
    }
}
