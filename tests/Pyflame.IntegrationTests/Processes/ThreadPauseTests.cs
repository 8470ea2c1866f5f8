using System.Diagnostics;
using Pyflame.Processes;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Processes;

public sealed class ThreadPauseTests
{
    // Ends by itself, some half a minute later, should the test be killed.
    private const string Busy = "i=0; while [ $i -lt 30000000 ]; do i=$((i + 1)); done";

    [Fact]
    public void A_running_thread_stands_still_and_then_runs_on()
    {
        using PlainProcess shell = PlainProcess.StartShell(Busy);
        using TargetProcess target = TargetProcess.Attach(shell.Id);
        Assert.True(target.TryPauseThread(shell.Id, out ProcessPause pause));
        using (pause)
        {
            Assert.True(pause.IsPaused);
            Assert.Equal(PauseStatus.Paused, pause.Status);
            Assert.Equal(NativeThreadState.Traced, StateOf(target));
        }

        pause.Dispose();
        AwaitState(target, NativeThreadState.Running);
    }

    [Fact]
    public void A_thread_that_waits_goes_on_waiting()
    {
        using PlainProcess sleeper = PlainProcess.Start("/bin/sleep", "1");
        using TargetProcess target = TargetProcess.Attach(sleeper.Id);
        var time = Stopwatch.StartNew();
        int pauses = 0;
        while (target.TryPauseThread(sleeper.Id, out ProcessPause pause))
        {
            pauses++;
            pause.Dispose();
        }

        // It slept its second through thousands of pauses, and its end is seen as one.
        Assert.Equal(0, sleeper.WaitForExit());
        Assert.True(time.Elapsed > TimeSpan.FromSeconds(0.9), $"It slept {time.Elapsed} only.");
        Assert.True(pauses > 100, $"There were {pauses} pauses only.");
        Assert.True(target.HasExited);
    }

    [Fact]
    public void A_stopped_process_stays_stopped()
    {
        using PlainProcess shell = PlainProcess.StartShell(Busy);
        using TargetProcess target = TargetProcess.Attach(shell.Id);
        shell.Signal(TestLibc.Stop);
        AwaitState(target, NativeThreadState.Stopped);
        Assert.True(target.TryPauseThread(shell.Id, out ProcessPause pause));
        Assert.Equal(NativeThreadState.Traced, StateOf(target));
        pause.Dispose();
        AwaitState(target, NativeThreadState.Stopped);
        shell.Signal(TestLibc.ContinueSignal);
        AwaitState(target, NativeThreadState.Running);
    }

    [Fact]
    public void No_signal_is_lost_or_delivered_twice()
    {
        const int Signals = 300;
        using PlainProcess shell = PlainProcess.StartShell($"trap 'echo got' USR1; trap 'echo end; exit 3' TERM; echo set; {Busy}");
        Assert.Equal("set", shell.Output.ReadLine());
        using var stop = new CancellationTokenSource();
        int pauses = 0;
        var pausing = new Thread(() =>
        {
            using TargetProcess target = TargetProcess.Attach(shell.Id);
            while (!stop.IsCancellationRequested && target.TryPauseThread(shell.Id, out ProcessPause pause))
            {
                pauses++;
                pause.Dispose();
            }
        });
        pausing.Start();
        for (int i = 0; i < Signals; i++)
        {
            shell.Signal(TestLibc.User1);
            Assert.Equal("got", shell.Output.ReadLine());
        }

        stop.Cancel();
        pausing.Join();
        shell.Signal(15);
        Assert.Equal("end", shell.Output.ReadLine());
        Assert.Equal(3, shell.WaitForExit());
        Assert.True(pauses > 0);
    }

    [Fact]
    public void A_thread_that_is_killed_while_it_stands_still_is_buried()
    {
        using PlainProcess shell = PlainProcess.StartShell(Busy);
        using TargetProcess target = TargetProcess.Attach(shell.Id);
        Assert.True(target.TryPauseThread(shell.Id, out ProcessPause pause));
        shell.Signal(TestLibc.Kill9);
        pause.Dispose();

        // Its parent hears of its end only after us; as a sampler at each tick, we look again should it take long to
        // die.
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                target.ReleaseStragglers();
                return shell.HasExited;
            },
            TestLimits.Step));
        Assert.Equal(128 + TestLibc.Kill9, shell.WaitForExit());
        Assert.False(target.TryPauseThread(shell.Id, out pause));
        Assert.Equal(PauseStatus.ThreadGone, pause.Status);
    }

    [Fact]
    public void A_thread_that_is_not_there_is_gone()
    {
        using PlainProcess shell = PlainProcess.StartShell(Busy);
        using TargetProcess target = TargetProcess.Attach(shell.Id);
        Assert.False(target.TryPauseThread(int.MaxValue, out ProcessPause pause));
        Assert.Equal(PauseStatus.ThreadGone, pause.Status);
        Assert.False(pause.IsPaused);
        pause.Dispose();
    }

    [Fact]
    public void A_thread_that_another_traces_is_left_to_it()
    {
        using PlainProcess shell = PlainProcess.StartShell(Busy);
        using TargetProcess target = TargetProcess.Attach(shell.Id);
        Assert.True(target.TryPauseThread(shell.Id, out ProcessPause held));
        var status = PauseStatus.Paused;
        var other = new Thread(() =>
        {
            using TargetProcess second = TargetProcess.Attach(shell.Id);
            Assert.False(second.TryPauseThread(shell.Id, out ProcessPause pause));
            status = pause.Status;
        });
        other.Start();
        other.Join();
        held.Dispose();
        Assert.Equal(PauseStatus.TracedByAnother, status);
    }

    [Fact]
    public void A_target_runs_on_when_its_tracer_ends_in_the_middle_of_a_pause()
    {
        // The kernel lets go of whatever an OS thread traces when that thread ends, killed or not (exit_ptrace in
        // kernel/ptrace.c).
        using PlainProcess shell = PlainProcess.StartShell(Busy);
        using TargetProcess target = TargetProcess.Attach(shell.Id);
        bool paused = false;
        var tracer = new Thread(() => paused = target.TryPauseThread(shell.Id, out _));
        tracer.Start();
        tracer.Join();
        Assert.True(paused);
        AwaitState(target, NativeThreadState.Running);
    }

    [Theory]
    [InlineData("/proc/PID/mem")]
    [InlineData("ptrace")]
    public void Memory_is_read_in_other_ways_where_the_best_is_refused(string method)
    {
        using PlainProcess shell = PlainProcess.StartShell(Busy);
        using TargetProcess best = TargetProcess.Attach(shell.Id);
        using TargetProcess target = Pyflame.Processes.Linux.LinuxTargetProcess.Attach(
            shell.Id,
            method == "ptrace" ? Pyflame.Processes.Linux.MemoryMethods.Ptrace : Pyflame.Processes.Linux.MemoryMethods.ProcMem);
        Assert.Equal(method, target.MemoryMethod);
        LoadedModule module = target.ReadModules()[0];
        RemoteAddress start = module.Mappings[0].Range.Address;
        byte[] expected = new byte[203];
        byte[] actual = new byte[203];
        Assert.True(best.Memory.TryRead(start + 5, expected));
        Assert.True(target.Memory.TryRead(start + 5, actual));
        Assert.Equal(expected, actual);
        Assert.False(target.Memory.TryRead(new RemoteAddress(16), actual));
        Assert.False(target.Memory.TryRead(new RemoteAddress(ulong.MaxValue - 300), actual));
        Assert.Equal(3, target.Memory.ReadMany([new(start, 3), new(new RemoteAddress(16), 8)], actual));
        Assert.Equal([0x7f, (byte)'E', (byte)'L'], actual[..3]);
        Assert.NotNull(module.Image);
        AwaitState(target, NativeThreadState.Running);
    }

    [Fact]
    public void A_stop_that_someone_else_in_our_process_takes_is_noticed_all_the_same()
    {
        // System.Diagnostics.Process does so: it calls waitpid(2) for its children whenever any child of ours ends.
        using LaunchedProcess child = TargetProcess.Launch(new LaunchOptions(["/bin/sh", "-c", Busy]));
        using TargetProcess target = TargetProcess.Attach(child.ProcessId);
        using var stop = new CancellationTokenSource();
        var thief = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                TestLibc.TakeStop(child.ProcessId);
            }
        });
        thief.Start();
        for (int i = 0; i < 20; i++)
        {
            Assert.True(target.TryPauseThread(child.ProcessId, out ProcessPause pause), $"{pause.Status} in round {i}");
            Assert.Equal(NativeThreadState.Traced, StateOf(target));
            pause.Dispose();
        }

        stop.Cancel();
        thief.Join();
        AwaitState(target, NativeThreadState.Running);
        child.TrySendSignal(TestLibc.Kill9);
        Assert.True(child.TryWaitForExit(TestLimits.Step, out ExitStatus status));
        Assert.Equal(new ExitStatus(0, TestLibc.Kill9), status);
    }

    private static NativeThreadState StateOf(TargetProcess target)
    {
        Assert.True(target.TryReadThread(target.ProcessId, out NativeThread thread));
        return thread.State;
    }

    private static void AwaitState(TargetProcess target, NativeThreadState state)
    {
        var time = Stopwatch.StartNew();
        while (StateOf(target) != state)
        {
            Assert.True(time.Elapsed < TestLimits.Step, $"It is {StateOf(target)} and not {state}.");
            Thread.Yield();
        }
    }
}
