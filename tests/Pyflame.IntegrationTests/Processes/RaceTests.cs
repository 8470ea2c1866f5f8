using System.Runtime.Versioning;
using Pyflame.Processes;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Processes;

/// <summary>
/// Targets that end, run another program or stop while they are looked at: nothing but a status comes of it.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class RaceTests
{
    // A small part of what was run before a release; set the variable to run more.
    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("PYFLAME_RACE_ROUNDS"), out int rounds) ? rounds : 40;

    [Fact]
    public void A_target_that_is_killed_at_any_moment_is_gone()
    {
        var random = new Random(1);
        for (int round = 0; round < Rounds; round++)
        {
            using LaunchedProcess child = TargetProcess.Launch(new LaunchOptions(["/bin/sh", "-c", "i=0; while [ $i -lt 30000000 ]; do i=$((i + 1)); done"]));
            int spins = random.Next(200_000);
            var killer = new Thread(() =>
            {
                Thread.SpinWait(spins);
                Assert.True(child.TrySendSignal(TestLibc.Kill9));
            });
            killer.Start();
            LookUntilGone(child);
            killer.Join();
            Assert.True(child.TryWaitForExit(TestLimits.Step, out ExitStatus status));
            Assert.Equal(new ExitStatus(0, TestLibc.Kill9), status);
        }
    }

    [Fact]
    public void A_target_that_runs_program_after_program_ends_as_it_would()
    {
        // Each sh becomes the next, a hundred of them; the last one ends with an exit code of its own.
        const string Script = "if [ $1 -gt 0 ]; then exec sh -c \"$2\" sh $(($1 - 1)) \"$2\"; else exit 6; fi";
        for (int round = 0; round < Math.Max(1, Rounds / 10); round++)
        {
            using LaunchedProcess child = TargetProcess.Launch(new LaunchOptions(["/bin/sh", "-c", Script, "sh", "100", Script]));
            LookUntilGone(child);
            Assert.True(child.TryWaitForExit(TestLimits.Step, out ExitStatus status));
            Assert.Equal(new ExitStatus(6, 0), status);
        }
    }

    [Fact]
    public void Threads_that_come_and_go_are_read_or_gone()
    {
        // Our own process would do, but its threads cannot be paused; a shell that forks is the nearest that is
        // everywhere.
        using LaunchedProcess child = TargetProcess.Launch(
            new LaunchOptions(["/bin/sh", "-c", "i=0; while [ $i -lt 100 ]; do (exit 0) & wait; i=$((i + 1)); done; exit 8"]));
        LookUntilGone(child);
        Assert.True(child.TryWaitForExit(TestLimits.Step, out ExitStatus status));
        Assert.Equal(new ExitStatus(8, 0), status);
    }

    /// <summary>Does with a target all that can be done, until it is gone.</summary>
    private static void LookUntilGone(LaunchedProcess child)
    {
        TargetProcess target;
        try
        {
            target = TargetProcess.Attach(child.ProcessId);
        }
        catch (TargetProcessException exception)
        {
            Assert.Equal(TargetFailure.NotFound, exception.Failure);
            return;
        }

        using (target)
        {
            byte[] bytes = new byte[64];
            while (!target.HasExited)
            {
                if (target.TryPauseThread(target.ProcessId, out ProcessPause pause))
                {
                    pause.Dispose();
                }

                target.ReleaseStragglers();
                foreach (LoadedModule module in target.ReadModules())
                {
                    _ = module.TryFindSymbol("no_such_symbol", out _, out _);
                    _ = module.TryFindSection(".data", out _);
                    _ = target.Memory.TryRead(module.Range.Address, bytes);
                }

                _ = target.ReadThreads();
                _ = target.ReadCommandLine();
                _ = target.ReadProgramStamp();
                _ = target.TryOpenFile("/etc/hostname")?.ReadByte();
            }

            Assert.Empty(target.ReadModules());
            Assert.False(target.TryPauseThread(target.ProcessId, out _));
        }
    }
}
