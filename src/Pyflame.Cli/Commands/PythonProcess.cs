using Pyflame.Processes;
using Pyflame.Python;

namespace Pyflame.Cli.Commands;

/// <summary>A process that runs Python, or seems to.</summary>
/// <param name="Summary">What any user may know of it.</param>
/// <param name="Version">Its Python's version; null where we may not look into it.</param>
internal sealed record PythonProcess(ProcessSummary Summary, PythonVersion? Version)
{
    /// <summary>Finds those of this machine, by PID. Of those that we may not look into, those whose command names Python.</summary>
    public static IReadOnlyList<PythonProcess> FindAll()
    {
        var found = new List<PythonProcess>();
        foreach (ProcessSummary summary in TargetProcess.ListProcesses())
        {
            if (summary.ProcessId != Environment.ProcessId && TryLook(summary) is { } process)
            {
                found.Add(process);
            }
        }

        return found;
    }

    /// <summary>Whether a command line is that of an interpreter, as far as its first word tells.</summary>
    public static bool NamesPython(IReadOnlyList<string> commandLine) =>
        Path.GetFileName(commandLine[0]).TrimStart('-').StartsWith("python", StringComparison.OrdinalIgnoreCase);

    private static PythonProcess? TryLook(ProcessSummary summary)
    {
        try
        {
            using TargetProcess target = TargetProcess.Attach(summary.ProcessId);
            return PythonRuntime.TryLocate(target, null, out PythonRuntime? runtime, out _)
                ? new PythonProcess(summary, runtime.Version)
                : null;
        }
        catch (TargetProcessException exception)
        {
            return exception.Failure == TargetFailure.PermissionDenied && NamesPython(summary.CommandLine)
                ? new PythonProcess(summary, null)
                : null;
        }
    }
}
