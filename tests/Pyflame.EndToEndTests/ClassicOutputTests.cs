using System.Globalization;
using System.Runtime.Versioning;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>Where classic Pyflame writes to, and what becomes of a profile when something ends it early.</summary>
[SupportedOSPlatform("linux")]
public sealed class ClassicOutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TargetProgram _target;

    public ClassicOutputTests() => _target = TargetProgram.StartBlocked(InterpreterCatalog.All[^1], "blocked.py", out _);

    private string Id => _target.ProcessId.ToString(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _target.Dispose();
        _folder.Dispose();
    }

    private static CommandResult Shell(string script, params string[] arguments) =>
        CommandRunner.Run("sh", ["-c", script, PyflameBinary.Location, .. arguments], TestLimits.Step);

    [Fact]
    public void A_file_is_written_and_nothing_else()
    {
        CommandResult result = PyflameBinary.Run("-s", "0", "-o", _folder["profile.txt"], "-p", Id);

        Assert.Equal(new CommandResult(0, string.Empty, string.Empty), result);
        Assert.Equal("(idle) 1\n", File.ReadAllText(_folder["profile.txt"]));
        Assert.Equal(["profile.txt"], _folder.Names);
    }

    [Fact]
    public void A_dump_goes_to_a_file_as_well()
    {
        CommandResult result = PyflameBinary.Run("-d", "--output=" + _folder["dump.txt"], "-p", Id);

        Assert.Equal(new CommandResult(0, string.Empty, string.Empty), result);
        Assert.Equal(PyflameBinary.Run("-d", "-p", Id).Output, File.ReadAllText(_folder["dump.txt"]));
    }

    [Fact]
    public void An_unwritable_path_is_found_out_before_anything_is_sampled()
    {
        // An hour would pass otherwise.
        CommandResult result = PyflameBinary.Run("-s", "3600", "-o", _folder["none/profile.txt"], "-p", Id);

        Assert.Equal($"Cannot write {_folder["none/profile.txt"]}: There is no folder {_folder["none"]}.\n", result.Error);
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_failed_attach_leaves_an_old_file_as_it_was()
    {
        File.WriteAllText(_folder["profile.txt"], "old");
        CommandResult result = PyflameBinary.Run("-o", _folder["profile.txt"], "-p", "4194305");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("old", File.ReadAllText(_folder["profile.txt"]));
        Assert.Equal(["profile.txt"], _folder.Names);
    }

    [Theory]
    [InlineData("/dev/stdout")]
    [InlineData("/dev/fd/1")]
    [InlineData("-")]
    public void Standard_output_may_be_named(string path) =>
        Assert.Equal(new CommandResult(0, "(idle) 1\n", string.Empty), PyflameBinary.Run("-s0", "-o", path, "-p", Id));

    [Fact]
    public void Standard_output_may_be_a_file_that_others_write_as_well()
    {
        CommandResult result = Shell("(echo before; \"$0\" -s0 -p $1; echo after) > $2", Id, _folder["log"]);
        Assert.Equal(new CommandResult(0, string.Empty, string.Empty), result);
        Assert.Equal("before\n(idle) 1\nafter\n", File.ReadAllText(_folder["log"]));

        Shell("(echo again; \"$0\" -s0 -p $1; echo end) >> $2", Id, _folder["log"]);
        Assert.Equal("before\n(idle) 1\nafter\nagain\n(idle) 1\nend\n", File.ReadAllText(_folder["log"]));
    }

    [Fact]
    public void A_fifo_is_written_and_stays_a_fifo()
    {
        CommandResult result = Shell("mkfifo $2 && { cat $2 & \"$0\" -s0 -o $2 -p $1; wait; test -p $2; }", Id, _folder["fifo"]);
        Assert.Equal(new CommandResult(0, "(idle) 1\n", string.Empty), result);
    }

    [Fact]
    public void A_descriptor_of_the_shell_is_written() =>
        Assert.Equal(new CommandResult(0, "(idle) 1\n", string.Empty), Shell("\"$0\" -s0 -o /dev/fd/7 -p $1 7>&1 >/dev/null", Id));

    [Fact]
    public void A_device_stays_a_device() =>
        Assert.Equal(new CommandResult(0, string.Empty, string.Empty), Shell("\"$0\" -s0 -o /dev/null -p $1 && test -c /dev/null", Id));

    [Fact]
    public void A_full_disk_is_told()
    {
        CommandResult result = Shell("exec \"$0\" -s0 -p $1 > /dev/full", Id);

        Assert.StartsWith("Cannot write standard output: No space left on device", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public void A_reader_that_has_gone_is_no_cause_for_words()
    {
        // The other end of the pipe is closed before the profile is written.
        CommandResult result = Shell("{ \"$0\" -s0 -p $1; echo $? >&2; } | true", Id);

        Assert.Equal(new CommandResult(0, string.Empty, "141\n"), result);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public void A_signal_ends_the_recording_and_the_profile_is_written(string signal)
    {
        using RunningPyflame pyflame = RunningPyflame.Start("-s", "3600", "-o", _folder["profile.txt"], "-p", Id);
        pyflame.WaitUntilItSamples();
        Assert.False(File.Exists(_folder["profile.txt"]));
        pyflame.Send(signal);
        CommandResult result = pyflame.End();

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(string.Empty, result.Output);
        Assert.Equal(["(idle)"], CollapsedOutput.Parse(File.ReadAllText(_folder["profile.txt"])).Keys);
        Assert.Equal(["profile.txt"], _folder.Names);
    }

    [Fact]
    public void Whoever_presses_twice_has_the_profile_too()
    {
        using RunningPyflame pyflame = RunningPyflame.Start("-s", "3600", "-p", Id);
        pyflame.WaitUntilItSamples();
        pyflame.Send("INT");
        pyflame.Send("INT");
        CommandResult result = pyflame.End();

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["(idle)"], CollapsedOutput.Parse(result.Output).Keys);
    }

    [Fact]
    public void The_target_runs_on_untouched()
    {
        PyflameBinary.Run("-s", "0.2", "-p", Id);

        Assert.Equal("TracerPid:\t0", File.ReadLines($"/proc/{Id}/status").Single(line => line.StartsWith("TracerPid", StringComparison.Ordinal)));
        Assert.False(_target.HasExited);
        Assert.Equal(0, _target.End());
    }
}
