using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests.Permissions;

/// <summary>What the published binary says and does in one circumstance.</summary>
/// <param name="ProcessId">The target.</param>
/// <param name="Doctor">How <c>pyflame doctor --json</c> ended.</param>
/// <param name="Dump">How <c>pyflame dump</c> ended.</param>
internal sealed record AttachAttempt(int ProcessId, CommandResult Doctor, CommandResult Dump)
{
    /// <summary>Whether the dump shows the target where it waits.</summary>
    public bool Works => Dump.ExitCode == 0 && Dump.Output.Contains("wait (", StringComparison.Ordinal);

    /// <summary>Starts a target, and Pyflame on it twice.</summary>
    /// <param name="interpreter">What runs the target.</param>
    /// <param name="circumstance">How both are started.</param>
    /// <param name="binary">The binary, where every user can run it.</param>
    public static AttachAttempt Make(Interpreter interpreter, Circumstance circumstance, string binary)
    {
        using TargetProgram program = TargetProgram.StartUnder(
            circumstance.Target ?? (command => command), interpreter, "wait.py", circumstance.Argument is { } argument ? [argument] : []);
        int process = circumstance.IsChild ? ChildOf(program.ProcessId) : program.ProcessId;
        string id = process.ToString(CultureInfo.InvariantCulture);
        var attempt = new AttachAttempt(process, Run("doctor", "--json", id), Run("dump", "--pid", id));
        Assert.Equal(0, program.End());
        return attempt;

        CommandResult Run(params string[] arguments)
        {
            IReadOnlyList<string> command = [binary, .. arguments];
            command = circumstance.Pyflame?.Invoke(process, command) ?? command;
            return CommandRunner.Run(new ProcessStartInfo(command[0], command.Skip(1)), TestLimits.Step);
        }
    }

    /// <summary>Copies the binary to where every user can run it; the caller deletes the folder that it lies in.</summary>
    public static string CopyBinary()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"pyflame-for-all-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        string copy = Path.Combine(folder, "pyflame");
        File.Copy(PyflameBinary.Location, copy);
        return copy;
    }

    /// <summary>The member of the doctor's answer.</summary>
    public JsonElement Member(string name)
    {
        using JsonDocument document = JsonDocument.Parse(Doctor.Output);
        return document.RootElement.GetProperty(name).Clone();
    }

    private static int ChildOf(int process) => int.Parse(
        File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{process}/children")).Trim(),
        CultureInfo.InvariantCulture);
}
