using System.CommandLine;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Commands;

/// <summary>Says whether a process can be profiled, and what to do where it cannot.</summary>
internal sealed class DoctorCommand : Subcommand
{
    private readonly Argument<int?> _processId = new("PID")
    {
        Description = "the process to try; none: what this user may look into on this machine",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result =>
            SharedOptions.Parse<int>(result, OptionValues.ParsePositive, "is not a process id, which is a whole number above 0."),
    };

    private readonly Option<int?> _option = SharedOptions.ProcessId("the same, as the other commands have it");
    private readonly Option<bool> _json = SharedOptions.Json();

    public DoctorCommand()
        : base("doctor", "Say whether a process can be profiled, and if not, what to do")
    {
        Arguments.Add(_processId);
        Options.Add(_option);
        Options.Add(_json);
    }

    /// <inheritdoc/>
    public override string Synopsis => "[options] [PID]";

    /// <inheritdoc/>
    public override string Details =>
        """
        Checks users, groups and capabilities, ptrace_scope, namespaces, hidepid, the
        dumpable flag, seccomp, SELinux and AppArmor, and tries to look into the
        process without stopping it. Exits with 0 where that works, else with 1.
        """;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
        ["pyflame doctor 4711", "pyflame doctor", "pyflame doctor 4711 --json | jq -r '.remedies[].command'"];

    /// <inheritdoc/>
    public override int Run(ParseResult line, IReadOnlyList<string> command, UserMessages messages)
    {
        int? named = line.GetValue(_processId);
        int? option = line.GetValue(_option);
        if (named is not null && option is not null && named != option)
        {
            throw new UsageException("PID and '--pid' name two processes.");
        }

        Diagnosis diagnosis = Diagnosis.Of(named ?? option ?? 0);
        if (line.GetValue(_json))
        {
            JsonText.Print(diagnosis.WriteJson);
        }
        else
        {
            TextOutput.Print(DiagnosisText.Format(diagnosis, Math.Min(TerminalSize.OutputWidth ?? 100, 120)));
        }

        return (int)(diagnosis.CanProfile ? ExitCode.Success : ExitCode.Failure);
    }
}
