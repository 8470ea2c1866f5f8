using System.Globalization;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>Commands started without some of the standard streams, as by daemons.</summary>
public sealed class ClosedStreamTests
{
    [Theory]
    [InlineData("<&-")]
    [InlineData(">&-")]
    [InlineData("2>&-")]
    [InlineData("<&- 2>&-")]
    [InlineData(">&- 2>&-")]
    [InlineData("<&- >&- 2>&-")]
    public void Every_command_does_what_it_can(string streams)
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.Start(InterpreterCatalog.All[^1], "busy.py", "12");
        string id = target.ProcessId.ToString(CultureInfo.InvariantCulture);
        bool hasOutput = !streams.Contains(" >&-", StringComparison.Ordinal) && streams[0] != '>';
        Assert.Equal(0, Run($"record -p {id} -d 0.3 -o {folder["p.pyflame"]}").ExitCode);
        Assert.Equal(0, Run($"convert {folder["p.pyflame"]} {folder["p.svg"]}").ExitCode);
        Assert.Contains("busy.py", File.ReadAllText(folder["p.svg"]), StringComparison.Ordinal);
        (string Arguments, string Output)[] commands =
        [
            ("ps", id), ($"dump -p {id}", "descend"), ($"dump --json -l -p {id}", "descend"), ($"report {folder["p.pyflame"]}", "loop"),
            ($"top --once --duration 1 -p {id}", "loop"), ($"record -p {id} -d 0.3 -f collapsed -o -", "loop"), ("help", "record"),
            ("--help", "Usage"), ("completions bash", "_pyflame"), ($"-s 0.2 -p {id}", "loop"), ($"-d -p {id}", "descend"),
        ];
        Assert.All(commands, command =>
        {
            CommandResult result = Run(command.Arguments);
            Assert.Equal(hasOutput ? 0 : 1, result.ExitCode);
            Assert.Contains(hasOutput ? command.Output : string.Empty, result.Output, StringComparison.Ordinal);
            if (!hasOutput && !streams.Contains("2>&-", StringComparison.Ordinal))
            {
                Assert.Contains("Cannot write standard output: it is closed.", result.Error, StringComparison.Ordinal);
            }
        });

        // The command's own streams are closed as well, and nothing of ours stands in their place.
        CommandResult own = Run($"record -o {folder["own.pyflame"]} -- sh -c 'exec 2>/dev/null; cat <&0; echo to output; exit 3'");
        Assert.Equal(3, own.ExitCode);
        Assert.Equal(2, Run("record --no-such-option").ExitCode);
        Assert.Equal(0, target.End());

        CommandResult Run(string arguments) =>
            CommandRunner.Run("sh", ["-c", $"\"$0\" {arguments} {streams}", PyflameBinary.Location], TestLimits.Step);
    }
}
