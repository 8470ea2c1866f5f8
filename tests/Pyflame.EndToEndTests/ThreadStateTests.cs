using System.Globalization;
using System.Text.Json;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>What <c>record</c>, <c>top</c>, <c>report</c> and <c>convert</c> tell of what threads were doing.</summary>
public sealed class ThreadStateTests
{
    private static string Id(TargetProgram target) => target.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, long> Leaves(string text) => CollapsedOutput.Parse(text)
        .GroupBy(stack => stack.Key[(stack.Key.LastIndexOf(';') + 1)..])
        .ToDictionary(group => group.Key, group => group.Sum(stack => stack.Value));

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void What_threads_wait_for_is_on_their_stacks_and_splits_a_report(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.Start(interpreter, "states.py", "sleep", "wait_for_lock", "read_pipe", "receive", "spin");
        CommandResult recorded = PyflameBinary.Run(
            "record", "-p", Id(target), "-d", "0.5", "--mode", "wall", "--wait-frames", "-t", "-o", folder["p.folded"]);
        CommandResult file = PyflameBinary.Run("record", "-p", Id(target), "-d", "0.5", "-i", "-o", folder["p.pyflame"]);
        CommandResult converted = PyflameBinary.Run("convert", "--wait-frames", folder["p.pyflame"], folder["c.folded"]);
        CommandResult states = PyflameBinary.Run("report", "--by", "state", "--json", folder["p.pyflame"]);
        CommandResult threads = PyflameBinary.Run("report", "--by", "thread", folder["p.pyflame"]);

        Assert.Equal([0, 0, 0, 0, 0], new[] { recorded, file, converted, states, threads }.Select(result => result.ExitCode));
        string[] waits = ["(lock)", "(read)", "(recvfrom)"];
        Assert.All(waits, wait => Assert.Contains(wait, Leaves(File.ReadAllText(folder["p.folded"])).Keys));
        Assert.All(waits, wait => Assert.Contains(wait, Leaves(File.ReadAllText(folder["c.folded"])).Keys));
        Assert.Contains(
            CollapsedOutput.Parse(File.ReadAllText(folder["p.folded"])).Keys,
            stack => stack.StartsWith("wait_for_lock (", StringComparison.Ordinal) && stack.EndsWith(";(lock)", StringComparison.Ordinal));

        using JsonDocument document = JsonDocument.Parse(states.Output);
        string[] names = [.. document.RootElement.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("name").GetString()!)];
        Assert.All([interpreter.IsFreeThreaded ? "running without GIL" : "holding GIL", "lock", "read", "recvfrom"], name => Assert.Contains(name, names));
        JsonElement lockPart = document.RootElement.GetProperty("parts").EnumerateArray().Single(part => part.GetProperty("name").GetString() == "lock");
        Assert.Contains(
            "wait_for_lock",
            lockPart.GetProperty("functions").EnumerateArray().Select(function => function.GetProperty("function").GetString()));
        string spin = threads.Output.Split('\n').First(line => line.Contains("s  ", StringComparison.Ordinal) && line.Contains(" spin (", StringComparison.Ordinal));
        string held = interpreter.IsFreeThreaded ? @"0\.0" : @"(9\d|100)\.\d";
        Assert.Matches($@"^ +\d+\.\d\d +\d+\.\d\d s +{held} +\d\.\d spin \(\d+\)$", spin);
    }

    [Theory]
    [InterpreterData(From = "3.9", OnePerVersion = true, OnlyWithGil = true)]
    public void The_modes_choose_the_threads(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.Start(interpreter, "states.py", "sleep", "spin", "spin_too");
        var seen = new Dictionary<string, string>();
        foreach (string mode in new[] { "active", "wall", "cpu", "gil" })
        {
            CommandResult result = PyflameBinary.Run(
                "record", "-p", Id(target), "-d", "0.5", "--mode", mode, "--wait-frames", "-t", "-o", folder[mode + ".folded"]);
            Assert.Equal(0, result.ExitCode);
            seen.Add(mode, File.ReadAllText(folder[mode + ".folded"]));
        }

        Assert.DoesNotContain("sleep (", seen["active"], StringComparison.Ordinal);
        Assert.Contains("(waiting for GIL)", seen["active"], StringComparison.Ordinal);
        Assert.Contains("sleep (", seen["wall"], StringComparison.Ordinal);
        Assert.Contains("(waiting for GIL)", seen["wall"], StringComparison.Ordinal);
        Assert.Contains("spin (", seen["cpu"], StringComparison.Ordinal);
        Assert.DoesNotContain("(waiting for GIL)", seen["cpu"], StringComparison.Ordinal);
        Assert.Contains("spin (", seen["gil"], StringComparison.Ordinal);
        Assert.DoesNotContain("sleep (", seen["gil"], StringComparison.Ordinal);
    }

    [Theory]
    [InterpreterData(From = "3.13", OnePerVersion = true, OnlyWithGil = true)]
    public void Top_takes_the_same_modes(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "states.py", "sleep", "spin", "spin_too");
        CommandResult wall = PyflameBinary.Run("top", "--once", "--mode", "wall", "--wait-frames", "-t", "-p", Id(target));
        CommandResult cpu = PyflameBinary.Run("top", "--once", "--mode", "cpu", "--wait-frames", "-t", "-p", Id(target));

        Assert.Matches(@"\n.* sleep \(\d+\): \(sleep\)\n", wall.Output);
        Assert.Matches(@"\n.* spin(_too)? \(\d+\): \(waiting for GIL\)\n", wall.Output);
        Assert.Contains(": spin (", cpu.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sleep", cpu.Output.Replace(target.ScriptPath, string.Empty, StringComparison.Ordinal).Split("%Own")[1], StringComparison.Ordinal);
        Assert.DoesNotContain("(waiting for GIL)", cpu.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InterpreterData(OnlyFreeThreaded = true)]
    public void The_modes_choose_the_threads_where_there_is_no_GIL(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.Start(interpreter, "states.py", "sleep", "spin", "spin_too");
        var seen = new Dictionary<string, string>();
        foreach (string mode in new[] { "active", "wall", "cpu" })
        {
            CommandResult result = PyflameBinary.Run(
                "record", "-p", Id(target), "-d", "0.5", "--mode", mode, "--wait-frames", "-t", "-o", folder[mode + ".folded"]);
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
            seen.Add(mode, File.ReadAllText(folder[mode + ".folded"]));
        }

        Assert.All(seen.Values, profile =>
        {
            Assert.Matches(@"(?m)^spin \(\d+\);.*spin", profile);
            Assert.Matches(@"(?m)^spin_too \(\d+\);.*spin_too", profile);
            Assert.DoesNotContain("GIL", profile, StringComparison.Ordinal);
        });
        Assert.Contains("sleep (", seen["wall"], StringComparison.Ordinal);
        Assert.DoesNotContain("sleep (", seen["active"], StringComparison.Ordinal);
        Assert.DoesNotContain("sleep (", seen["cpu"], StringComparison.Ordinal);
        foreach (string command in new[] { "record", "top" })
        {
            CommandResult refused = PyflameBinary.Run(command, "-p", Id(target), "--mode", "gil");
            Assert.Equal(1, refused.ExitCode);
            Assert.StartsWith($"pyflame {command}: this Python runs without a GIL", refused.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InterpreterData(OnlyFreeThreaded = true)]
    public void A_command_without_a_GIL_is_recorded_whole_and_that_is_told(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        CommandResult result = PyflameBinary.Run(
            ["record", "--mode", "gil", "-o", folder["profile.folded"], "--", .. interpreter.CommandLine("-c", "for i in range(5000000): pass")]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("'--mode gil' has no meaning", result.Error, StringComparison.Ordinal);
        Assert.NotEmpty(File.ReadAllText(folder["profile.folded"]));
    }

    [Theory]
    [InlineData("'busy' is no mode", "--mode", "busy")]
    [InlineData("the modes 'cpu' and 'gil' were asked for; it is one or the other.", "--mode", "cpu", "--gil")]
    public void A_mode_that_makes_no_sense_is_told(string message, params string[] options)
    {
        CommandResult result = PyflameBinary.Run(["record", .. options, "-p", "1"]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }
}
