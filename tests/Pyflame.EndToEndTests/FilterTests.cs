using System.Globalization;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>Parts of profiles, and labels, as a user takes them.</summary>
public sealed class FilterTests
{
    private static string Id(TargetProgram target) => target.ProcessId.ToString(CultureInfo.InvariantCulture);

    [Theory]
    [InterpreterData(From = "3.11", OnePerVersion = true)]
    public void Every_command_takes_part_of_a_profile(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.Start(interpreter, "states.py", "sleep", "receive", "spin");
        CommandResult whole = PyflameBinary.Run("record", "-p", Id(target), "-d", "0.5", "-i", "-o", folder["p.pyflame"]);
        CommandResult part = PyflameBinary.Run("record", "-p", Id(target), "-d", "0.5", "-i", "--filter", "receive", "--filter", "spin", "--exclude", "sp*", "-o", folder["f.folded"]);
        CommandResult converted = PyflameBinary.Run("convert", "--thread", "sleep", "-t", folder["p.pyflame"], folder["t.folded"]);
        CommandResult report = PyflameBinary.Run("report", "--exclude", "states.py", folder["p.pyflame"]);
        CommandResult top = PyflameBinary.Run("top", "--once", "-i", "-t", "--thread", "receive", "-p", Id(target));

        Assert.Equal([0, 0, 0, 0, 0], new[] { whole, part, converted, report, top }.Select(result => result.ExitCode));
        Assert.All(CollapsedOutput.Parse(File.ReadAllText(folder["f.folded"])).Keys, stack => Assert.Contains(":receive:", stack, StringComparison.Ordinal));
        Assert.NotEmpty(CollapsedOutput.Parse(File.ReadAllText(folder["f.folded"])));
        Assert.All(CollapsedOutput.Parse(File.ReadAllText(folder["t.folded"])).Keys, stack => Assert.StartsWith("sleep (", stack, StringComparison.Ordinal));
        Assert.NotEmpty(CollapsedOutput.Parse(File.ReadAllText(folder["t.folded"])));
        Assert.Contains("\n0 samples of ", report.Output, StringComparison.Ordinal);
        Assert.Contains(" receive (", top.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(" spin (", top.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InterpreterData(From = "3.13", OnePerVersion = true)]
    public void A_tag_is_a_frame_that_filters_know(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.Start(interpreter, "tags.py");
        target.WaitUntilBlocked();
        CommandResult recorded = PyflameBinary.Run(
            "record", "-p", Id(target), "-d", "0.3", "-i", "--tag", "path=handle:request.path", "-o", folder["p.pyflame"]);
        CommandResult kept = PyflameBinary.Run("convert", "--filter", "path=/index", folder["p.pyflame"], folder["k.folded"]);
        CommandResult left = PyflameBinary.Run("convert", "--filter", "path=/other", folder["p.pyflame"], folder["l.folded"]);
        CommandResult wrong = PyflameBinary.Run("record", "-p", Id(target), "--tag", "path=handle");

        Assert.Equal([0, 0, 0, 2], new[] { recorded, kept, left, wrong }.Select(result => result.ExitCode));
        Assert.StartsWith("path=/index;", Assert.Single(CollapsedOutput.Parse(File.ReadAllText(folder["k.folded"]))).Key, StringComparison.Ordinal);
        Assert.Empty(CollapsedOutput.Parse(File.ReadAllText(folder["l.folded"])));
        Assert.Contains("'path=handle' is no tag", wrong.Error, StringComparison.Ordinal);
    }
}
