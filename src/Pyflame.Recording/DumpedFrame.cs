using Pyflame.Processes;

namespace Pyflame.Recording;

/// <summary>A frame of a dump.</summary>
/// <param name="FileName"><c>co_filename</c>.</param>
/// <param name="Function"><c>co_name</c>.</param>
/// <param name="QualifiedName"><c>co_qualname</c>; the bare name before 3.11.</param>
/// <param name="Line">The line that runs, counted from 1; 0 where the instruction has none.</param>
public sealed record DumpedFrame(string FileName, string Function, string QualifiedName, int Line)
{
    /// <summary>Where the frame lies in the target.</summary>
    internal RemoteAddress Address { get; init; }

    /// <summary>Arguments and locals that have a value, in the order of the code object; empty where they were not asked for.</summary>
    public IReadOnlyList<DumpedVariable> Variables { get; init; } = [];
}
