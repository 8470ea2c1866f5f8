using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Commands;

/// <summary>What to sample: a process by its number, a command to run, or the only Python process that there is.</summary>
internal static class ProcessOrCommand
{
    /// <summary>Samples one of them.</summary>
    /// <param name="processId">The process that was asked for; null for none.</param>
    /// <param name="command">The command that was asked for; empty for none.</param>
    /// <param name="messages">Where to say which process was chosen.</param>
    /// <param name="launch">Runs the command and returns the exit code.</param>
    /// <param name="attach">Samples a process and returns the exit code.</param>
    /// <exception cref="UsageException">Both were asked for, or the command is Pyflame itself.</exception>
    /// <exception cref="FailureException">Neither was, and there is no process or there are several.</exception>
    public static int Run(int? processId, IReadOnlyList<string> command, UserMessages messages, Func<int> launch, Func<int, int> attach)
    {
        if (command.Count == 0)
        {
            return attach(processId ?? OnlyProcess.Find(messages));
        }

        if (processId is not null)
        {
            throw new UsageException("a process and a command to run were given; it is one or the other.");
        }

        return OwnProgram.IsMeantBy(command[0])
            ? throw new UsageException("the command is Pyflame itself, which is not Python.")
            : launch();
    }
}
