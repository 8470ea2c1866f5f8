using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Python.Layout;
using Pyflame.Python.Values;

namespace Pyflame.Recording;

/// <summary>Makes frames as read into frames of a dump.</summary>
internal sealed class FrameDescriber
{
    private readonly FrameVariables? _variables;
    private readonly MethodNames? _methods;

    /// <summary>Describes the frames of one interpreter.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="offsets">The layout.</param>
    /// <param name="withVariables">Whether frames get their arguments and locals.</param>
    /// <param name="qualifyNames">Whether methods get qualified names that their code objects do not have.</param>
    public FrameDescriber(MemoryReader memory, StructOffsets offsets, bool withVariables, bool qualifyNames)
    {
        Codes = new CodeObjectCache(memory, offsets);
        Values = new ValueRenderer(memory, offsets, Codes.Strings);
        _methods = qualifyNames && MethodNames.AreNeeded(offsets.Version) ? new MethodNames(memory, offsets, Values, Codes.Strings) : null;
        _variables = withVariables ? new FrameVariables(memory, offsets, Values) : null;
    }

    /// <summary>The code objects met.</summary>
    public CodeObjectCache Codes { get; }

    /// <summary>Shows values.</summary>
    public ValueRenderer Values { get; }

    /// <summary>Describes a stack.</summary>
    /// <param name="outermostFirst">The frames as read.</param>
    /// <returns>Those that a traceback would show, innermost first.</returns>
    public List<DumpedFrame> Describe(ReadOnlySpan<RawFrame> outermostFirst)
    {
        var frames = new List<DumpedFrame>(outermostFirst.Length);
        for (int i = outermostFirst.Length - 1; i >= 0; i--)
        {
            RawFrame raw = outermostFirst[i];
            if (raw.Code.IsNull)
            {
                continue;
            }

            if (Codes.Get(raw.Code) is not { } code)
            {
                frames.Add(new DumpedFrame("?", "?", "?", 0));
            }
            else if (!code.IsInterpreterShim)
            {
                frames.Add(new DumpedFrame(
                    code.FileName, code.Name, _methods?.TryFind(raw.Address, code) ?? code.QualifiedName, code.GetLine(code.GetInstructionOffset(raw.Instruction)))
                {
                    Address = raw.Address,
                    Variables = _variables is null
                        ? []
                        : [.. _variables.Read(raw.Address, code)
                            .Select(variable => new DumpedVariable(variable.Name, Values.Render(variable.Value), variable.IsArgument))],
                });
            }
        }

        return frames;
    }
}
