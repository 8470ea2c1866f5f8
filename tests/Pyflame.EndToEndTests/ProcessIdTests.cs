using System.Globalization;
using System.Runtime.Versioning;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>Processes whose ids others get while they are recorded.</summary>
[SupportedOSPlatform("linux")]
public sealed class ProcessIdTests
{
    // A small part of what was run before a release; set the variable to run more.
    private static readonly string Rounds = Environment.GetEnvironmentVariable("PYFLAME_RACE_ROUNDS") ?? "5";

    [Fact]
    public void A_process_that_got_the_id_of_another_is_never_taken_for_it()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Takes root, to make namespaces.");
        Assert.SkipUnless(File.Exists("/proc/sys/kernel/ns_last_pid"), "This kernel does not let ids be chosen.");
        Interpreter interpreter = InterpreterCatalog.All.Last(candidate => !candidate.IsContained);
        using var folder = new TemporaryFolder();
        string script = Path.Combine(AppContext.BaseDirectory, "Targets", "pid_reuse.py");
        CommandResult result = CommandRunner.Run(
            "unshare",
            ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", .. interpreter.CommandLine(script, PyflameBinary.Location, folder["."], Rounds)],
            TimeSpan.FromMinutes(1 + (int.Parse(Rounds, CultureInfo.InvariantCulture) / 20)));

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        string[][] lines = [.. result.Output.TrimEnd('\n').Split('\n').Select(line => line.Split(' ', 5))];
        Assert.Equal(2 * int.Parse(Rounds, CultureInfo.InvariantCulture), lines.Length);
        Assert.All(lines, words =>
        {
            string line = string.Join(' ', words);

            // It may have been the other one from the beginning, but never both; and a stranger is no child.
            (bool first, bool second) = (bool.Parse(words[2]), bool.Parse(words[3]));
            Assert.False(second && (first || words[0] == "a_child"), line);

            // It ends with the process; one that had ended before is told of.
            Assert.True(words[1] == "0" || (words[1] == "1" && !first && !second && words[4].StartsWith("pyflame record: ", StringComparison.Ordinal)), line);
        });
        Assert.Contains(lines, words => words[0] == "the_process_itself" && words[2] == "True");
        Assert.Contains(lines, words => words[0] == "a_child" && words[2] == "True");
    }
}
