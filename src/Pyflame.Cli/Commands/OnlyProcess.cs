using System.Globalization;
using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Commands;

/// <summary>The process that is meant where the user named none.</summary>
internal static class OnlyProcess
{
    /// <summary>Finds the only Python process of this machine, and says which.</summary>
    /// <exception cref="UsageException">There are several.</exception>
    /// <exception cref="FailureException">There is none.</exception>
    public static int Find(UserMessages messages)
    {
        IReadOnlyList<PythonProcess> processes = PythonProcess.FindAll();
        if (processes.Count == 0)
        {
            throw new FailureException("no Python process was found. Name one with '--pid'.");
        }

        if (processes.Count > 1)
        {
            throw new UsageException(string.Create(
                CultureInfo.InvariantCulture,
                $"which of the {processes.Count} Python processes? Name one with '--pid'.\n{PythonProcessTable.Format(processes, 120)}"));
        }

        PythonProcess only = processes[0];
        messages.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"pyflame: taking the only Python process, {only.Summary.ProcessId}: {string.Join(' ', only.Summary.CommandLine)}"));
        return only.Summary.ProcessId;
    }
}
