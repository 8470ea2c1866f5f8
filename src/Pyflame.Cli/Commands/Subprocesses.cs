using System.Globalization;
using Pyflame.Cli.Terminal;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>What commands have in common that sample a process with all that it starts.</summary>
internal static class Subprocesses
{
    private const int MostLines = 10;

    /// <summary>Gives a running process to a sampler.</summary>
    /// <param name="sampler">The sampler.</param>
    /// <param name="target">The process.</param>
    /// <param name="tree">Those that it starts, which are sampled too; null for the process alone.</param>
    /// <param name="command">What messages begin with.</param>
    /// <param name="messages">Where to say that it runs no Python itself.</param>
    /// <exception cref="TargetProcessException">It is sampled alone, and is not Python.</exception>
    public static void Begin(Sampler sampler, TargetProcess target, ProcessTree? tree, string command, UserMessages messages)
    {
        if (tree is null)
        {
            sampler.Attach(target);
            return;
        }

        if (!PythonRuntime.TryLocate(target, null, out _, out TargetProcessException? failure))
        {
            messages.Say(failure.Failure == TargetFailure.NotPython
                ? string.Create(CultureInfo.InvariantCulture, $"{command}: process {target.ProcessId} runs no Python; waiting for what it starts.")
                : $"{command}: {failure.Message}");
        }

        sampler.Follow(target, tree);
    }

    /// <summary>Says which processes could not be sampled, and why: a line for each.</summary>
    public static void SayFailures(Sampler sampler, string command, UserMessages messages)
    {
        IReadOnlyList<ProcessFailure> failures = sampler.Failures;
        foreach (ProcessFailure failure in failures.Take(MostLines))
        {
            messages.Say(Describe(failure, command));
        }

        if (failures.Count > MostLines)
        {
            messages.Say(string.Create(CultureInfo.InvariantCulture, $"{command}: {failures.Count - MostLines} more processes were not sampled."));
        }
    }

    private static string Describe(ProcessFailure failure, string command)
    {
        string what = failure.CommandLine.Length == 0 ? string.Empty : $" ({SafeText.OneLine(failure.CommandLine)})";
        return string.Create(
            CultureInfo.InvariantCulture, $"{command}: process {failure.ProcessId}{what} was not sampled: {SafeText.OneLine(failure.Reason)}");
    }
}
