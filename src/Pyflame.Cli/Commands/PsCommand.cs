using System.CommandLine;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Commands;

/// <summary>Lists the Python processes of this machine.</summary>
internal sealed class PsCommand : Subcommand
{
    private readonly Option<bool> _json = SharedOptions.Json();

    public PsCommand()
        : base("ps", "List the Python processes of this machine")
    {
        Options.Add(_json);
    }

    /// <inheritdoc/>
    public override string Synopsis => "[options]";

    /// <inheritdoc/>
    public override string Details =>
        "A version '?' is that of a process which we may not look into and whose command\nnames Python; run as its user or as root to see more.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } = ["pyflame ps", "pyflame ps --json | jq '.[].pid'"];

    /// <inheritdoc/>
    public override int Run(ParseResult line, IReadOnlyList<string> command, UserMessages messages)
    {
        IReadOnlyList<PythonProcess> processes = PythonProcess.FindAll();
        if (line.GetValue(_json))
        {
            JsonText.Print(stream => PythonProcessTable.WriteJson(processes, stream));
        }
        else if (processes.Count == 0)
        {
            messages.Say("pyflame ps: no Python process was found.");
        }
        else
        {
            TextOutput.Print(PythonProcessTable.Format(processes, TerminalSize.OutputWidth));
        }

        return (int)ExitCode.Success;
    }
}
