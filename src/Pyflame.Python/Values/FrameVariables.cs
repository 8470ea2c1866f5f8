using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python.Values;

/// <summary>Reads the arguments and locals of a frame.</summary>
/// <remarks>
/// They lie at the frame's end in the order of the code object's names: arguments, other locals, cells, free variables. What closures
/// share is held by a <c>cell</c> object. A module's or class's names are no locals but entries of a dict, and are not read.
/// </remarks>
public sealed class FrameVariables
{
    // Include/code.h: *args and **kwargs come after the named arguments.
    private const int TakesPositional = 0x04;
    private const int TakesKeywords = 0x08;
    private const int MaxVariables = 1024;

    private readonly MemoryReader _memory;
    private readonly StructOffsets _offsets;
    private readonly ValueRenderer _values;

    /// <summary>Reads the frames of one interpreter.</summary>
    public FrameVariables(MemoryReader memory, StructOffsets offsets, ValueRenderer values)
    {
        _memory = memory;
        _offsets = offsets;
        _values = values;
    }

    /// <summary>Reads the variables of a frame that have a value.</summary>
    /// <param name="frame">The frame, in the target.</param>
    /// <param name="code">Its code object.</param>
    public IReadOnlyList<FrameVariable> Read(RemoteAddress frame, CodeObject code)
    {
        var variables = new List<FrameVariable>();
        int arguments = code.ArgumentCount + code.KeywordOnlyArgumentCount
            + ((code.Flags & TakesPositional) != 0 ? 1 : 0) + ((code.Flags & TakesKeywords) != 0 ? 1 : 0);
        IReadOnlyList<string> names = code.LocalNames;
        for (int i = 0; i < names.Count && i < MaxVariables; i++)
        {
            if (!TryReadValue(frame, i, out RemoteAddress value))
            {
                continue;
            }

            // Up to 3.10 an argument that a closure shares lies among the cells, and in 2.x what it was at first in its place too.
            int known = variables.FindIndex(variable => variable.Name == names[i]);
            bool isArgument = i < arguments || names.Take(arguments).Contains(names[i]);
            var found = new FrameVariable(names[i], value, isArgument);
            if (known >= 0)
            {
                variables[known] = found;
            }
            else
            {
                variables.Add(found);
            }
        }

        return variables;
    }

    /// <summary>Finds the value of one variable of a frame. Allocates nothing once its type is known.</summary>
    /// <param name="frame">The frame, in the target.</param>
    /// <param name="code">Its code object.</param>
    /// <param name="name">The variable's name.</param>
    /// <param name="value">The value, in the target.</param>
    /// <returns>False where the frame has no such variable, or it has no value.</returns>
    public bool TryReadValue(RemoteAddress frame, CodeObject code, string name, out RemoteAddress value)
    {
        ArgumentNullException.ThrowIfNull(code);
        IReadOnlyList<string> names = code.LocalNames;
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name && TryReadValue(frame, i, out value))
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    private bool TryReadValue(RemoteAddress frame, int index, out RemoteAddress value)
    {
        value = default;
        if (!_memory.TryRead(frame + _offsets.Frame.LocalsPlus + (index * 8L), out ulong raw))
        {
            return false;
        }

        // From 3.14 on a _PyStackRef: its low bits tell whether it owns a reference, and 3 in them is no object at all.
        ulong tag = _offsets.Version.IsAtLeast(3, 14) ? raw & 3 : 0;
        value = new RemoteAddress(raw - tag);
        return !value.IsNull && tag != 3
            && (_values.TypeName(value) != "cell"
                || (_memory.TryReadAddress(value + _offsets.Objects.VarSize, out value) && !value.IsNull));
    }
}
