using System.Globalization;

namespace Pyflame.Profiles;

/// <summary>A process that was profiled.</summary>
/// <param name="ProcessId">Its PID as the profiler saw it.</param>
/// <param name="CommandLine">Its command line, words separated by spaces; empty where it could not be read.</param>
/// <param name="PythonVersion">Such as <c>3.13.1</c>; empty where it is not known.</param>
public sealed record ProfiledProcess(int ProcessId, string CommandLine, string PythonVersion)
{
    /// <summary>The PID as the process sees itself, where it lives in a PID namespace of its own; 0 where it is the same.</summary>
    public int NamespaceProcessId { get; init; }

    /// <summary>The PID of the profiled process that started it; 0 for the one the recording began with.</summary>
    public int ParentProcessId { get; init; }

    /// <summary>The interpreter's executable, as the target names it; empty where it is not known.</summary>
    public string Executable { get; init; } = string.Empty;

    /// <summary>The PID and the command line, such as <c>process 4711: python3 app.py</c>.</summary>
    public string Label => string.Create(
        CultureInfo.InvariantCulture, $"process {ProcessId}{(CommandLine.Length == 0 ? string.Empty : ": ")}{CommandLine}");
}
