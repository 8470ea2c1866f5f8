using System.Globalization;
using System.Text;
using System.Text.Json;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests.Permissions;

/// <summary>Rights that are really missing: what works all the same, and what is said where nothing does.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string _binary = AttachAttempt.CopyBinary();

    public static TheoryData<string> Names => new(Circumstances.All.Select(circumstance => circumstance.Name));

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_binary)!, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Doctor_and_dump_agree_in_every_circumstance(string name)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Takes root, to give rights away.");
        Circumstance circumstance = Circumstances.All.Single(circumstance => circumstance.Name == name);
        Interpreter[] interpreters = [.. new[] { InterpreterCatalog.All.LastOrDefault(i => !i.IsContained), InterpreterCatalog.All.LastOrDefault(i => i.IsContained) }
            .OfType<Interpreter>()];
        Assert.NotEmpty(interpreters);
        foreach (Interpreter interpreter in interpreters)
        {
            AttachAttempt attempt = AttachAttempt.Make(interpreter, circumstance, _binary);

            Assert.Equal(string.Empty, attempt.Doctor.Error);
            Assert.Equal(attempt.ProcessId, attempt.Member("pid").GetInt32());
            if (circumstance.Memory is { } memory)
            {
                Assert.True(attempt.Works, attempt.Dump.Output + attempt.Dump.Error);
                Assert.Equal(memory, attempt.Member("memory").GetString());
                Assert.Equal(interpreter.Version.ToString(), attempt.Member("python").GetString()!.Split('b', 'r')[0]);
                Assert.True(attempt.Member("can_profile").GetBoolean());
                Assert.DoesNotContain("blocks", attempt.Member("checks").EnumerateArray().Select(check => check.GetProperty("status").GetString()));
                Assert.Equal(0, attempt.Doctor.ExitCode);
            }
            else
            {
                AssertRefused(attempt, circumstance);
            }
        }
    }

    [Fact]
    public void Without_a_process_the_rights_of_the_user_are_told()
    {
        CommandResult result = PyflameBinary.Run("doctor", "--json");

        Assert.Equal(string.Empty, result.Error);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("pid").ValueKind);
        Assert.Equal(document.RootElement.GetProperty("can_profile").GetBoolean() ? 0 : 1, result.ExitCode);
        Assert.Contains("capability", document.RootElement.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
    }

    [Fact]
    public void A_user_without_rights_is_told_what_is_in_reach_and_what_would_change_it()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Takes root, to become another user.");
        CommandResult result = CommandRunner.Run(
            "setpriv", ["--reuid", "54321", "--regid", "54321", "--clear-groups", _binary, "doctor"], TestLimits.Step);

        Assert.Equal(string.Empty, result.Error);
        Assert.Matches("^(Yes: Processes of user 54321 can be looked into; those of other users take CAP_SYS_PTRACE\\.|No: )", result.Output);
        Assert.Contains("SYS_PTRACE", result.Output, StringComparison.Ordinal);
        Assert.Contains("  limits   capability", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_is_not_there_and_one_without_Python()
    {
        CommandResult none = PyflameBinary.Run("doctor", "4194305");
        Assert.StartsWith("No: There is no process 4194305.\n", none.Output, StringComparison.Ordinal);
        Assert.Equal(1, none.ExitCode);

        string self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        CommandResult other = PyflameBinary.Run("doctor", self);
        Assert.StartsWith($"No: Process {self} (", other.Output, StringComparison.Ordinal);
        Assert.Contains("is not a Python interpreter", other.Output, StringComparison.Ordinal);
        Assert.Equal(1, other.ExitCode);
    }

    /// <summary>Not a test: <c>./build.sh attach-table</c> runs it to write the table of docs/troubleshooting.md.</summary>
    [Fact(Explicit = true)]
    public void Write_the_table()
    {
        string? path = Environment.GetEnvironmentVariable("PYFLAME_ATTACH_TABLE");
        Assert.SkipWhen(string.IsNullOrEmpty(path), "PYFLAME_ATTACH_TABLE does not name a file.");
        var table = new StringBuilder();
        IReadOnlyList<Interpreter> interpreters = InterpreterCatalog.All;
        table.Append("| circumstance | attached | memory read with |\n|---|---|---|\n");
        foreach (Circumstance circumstance in Circumstances.All)
        {
            var methods = new SortedSet<string>(StringComparer.Ordinal);
            var failed = new List<string>();
            string refusal = string.Empty;
            foreach (Interpreter interpreter in interpreters)
            {
                AttachAttempt attempt = AttachAttempt.Make(interpreter, circumstance, _binary);
                if (attempt.Works)
                {
                    methods.Add(attempt.Member("memory").GetString()!);
                }
                else
                {
                    failed.Add(interpreter.Name);
                    refusal = attempt.Member("summary").GetString()!.Replace(
                        attempt.ProcessId.ToString(CultureInfo.InvariantCulture), "PID", StringComparison.Ordinal);
                }
            }

            string attached = failed.Count == interpreters.Count ? "refused" : string.Create(
                CultureInfo.InvariantCulture, $"{interpreters.Count - failed.Count} of {interpreters.Count}");
            string how = failed.Count == interpreters.Count ? refusal
                : string.Join(", ", methods.Select(method => $"`{method}`")) + (failed.Count == 0 ? string.Empty : "; not " + string.Join(", ", failed));
            table.Append(CultureInfo.InvariantCulture, $"| {circumstance.Name} | {attached} | {how} |\n");
        }

        table.Append(CultureInfo.InvariantCulture, $"\nInterpreters: {string.Join(", ", interpreters.Select(interpreter => interpreter.Name))}.\n");
        File.WriteAllText(path, table.ToString());
    }

    private static void AssertRefused(AttachAttempt attempt, Circumstance circumstance)
    {
        string reason = string.Format(CultureInfo.InvariantCulture, circumstance.Reason!, attempt.ProcessId);
        Assert.Equal(reason, Shown(attempt.Member("summary").GetString()!));
        Assert.False(attempt.Member("can_profile").GetBoolean());
        Assert.Equal(1, attempt.Doctor.ExitCode);
        Assert.NotEmpty(attempt.Member("remedies").EnumerateArray());
        Assert.All(
            attempt.Member("remedies").EnumerateArray(), remedy => Assert.NotEmpty(remedy.GetProperty("command").GetString()!));

        // The same line, what to do, and where to learn more.
        string[] lines = attempt.Dump.Error.TrimEnd('\n').Split('\n');
        Assert.Equal($"pyflame dump: {reason}", Shown(lines[0]));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"To see all that was checked: pyflame doctor {attempt.ProcessId}"), lines[^1]);
        Assert.Equal(3, lines.Length);
        Assert.Equal(1, attempt.Dump.ExitCode);
    }

    // Kernels before 5.8 know the value of hidepid by its number only.
    private static string Shown(string text) => text.Replace("hidepid=2)", "hidepid=invisible)", StringComparison.Ordinal);
}
