using System.Globalization;
using System.Runtime.Versioning;
using Pyflame.Processes;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Processes;

/// <summary>Rights that are really missing.</summary>
[SupportedOSPlatform("linux")]
public sealed class PermissionTests
{
    [Fact]
    public void The_process_of_another_user()
    {
        using PlainProcess target = PlainProcess.Start("/bin/sleep", "60");
        RestrictedThread.RunAsOtherUser(() => AssertRefused(
            target.Id,
            $"Process {target.Id} belongs to user 0, and we are user {RestrictedThread.OtherUser} without CAP_SYS_PTRACE."));
    }

    [Fact]
    public void A_process_of_the_same_user_is_not_refused()
    {
        using PlainProcess target = StartAsOtherUser("/bin/sh", "-c", "echo ready; read line");
        Assert.Equal("ready", target.Output.ReadLine());
        RestrictedThread.RunAsOtherUser(() =>
        {
            using TargetProcess process = TargetProcess.Attach(target.Id);
            Assert.Equal("process_vm_readv", process.MemoryMethod);
            Assert.True(process.ReadModules()[0].IsMainExecutable);
            Assert.True(process.TryPauseThread(target.Id, out ProcessPause pause));
            pause.Dispose();
        });
    }

    [Fact]
    public void A_process_that_must_not_be_dumped()
    {
        const string SetUndumpable = "syscall(157, 4, 0, 0, 0, 0); $| = 1; print qq(ready\n); sleep 60";
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "There is no perl to make the system call.");
        using PlainProcess target = StartAsOtherUser("/usr/bin/perl", "-e", SetUndumpable);
        Assert.Equal("ready", target.Output.ReadLine());
        RestrictedThread.RunAsOtherUser(() => AssertRefused(
            target.Id,
            $"Process {target.Id} forbids its own user to look into it (PR_SET_DUMPABLE, or a program that changed its user)."));
    }

    [Fact]
    public void A_root_that_lacks_the_capability()
    {
        using PlainProcess target = PlainProcess.Start("/bin/sleep", "60");
        RestrictedThread.RunWithoutTraceCapability(() =>
        {
            var exception = Assert.Throws<TargetProcessException>(() => TargetProcess.Attach(target.Id));
            Assert.Equal(TargetFailure.PermissionDenied, exception.Failure);
            Assert.Matches(
                $"^Process {target.Id} has capabilities that we lack \\(0x[0-9a-f]+\\), so only CAP_SYS_PTRACE lets us look into it\\.$",
                exception.Message);
            Assert.NotNull(exception.Remedy);
        });
    }

    [Theory]
    [InlineData(1)]     // EPERM, as of Docker's filter
    [InlineData(38)]    // ENOSYS, as of others
    public void A_seccomp_filter_that_refuses_process_vm_readv(int error)
    {
        using PlainProcess target = PlainProcess.StartShell("read line");
        RestrictedThread.RunWithoutProcessVm(error, () =>
        {
            using TargetProcess process = TargetProcess.Attach(target.Id);
            Assert.Equal("/proc/PID/mem", process.MemoryMethod);
            LoadedModule module = process.ReadModules()[0];
            Assert.True(process.Memory.TryRead(module.Range.Address, out uint magic));
            Assert.Equal(0x464c457fu, magic);
            Assert.Equal(
                [$"process_vm_readv is refused (errno {error}); /proc/{target.Id}/mem works, more slowly."],
                TargetProcess.Diagnose(target.Id).Checks.Where(static check => check.Name == "memory").Select(static check => check.Finding));
        });
    }

    [Fact]
    public void A_process_that_hidepid_hides()
    {
        using PlainProcess target = PlainProcess.Start("/bin/sleep", "60");
        RestrictedThread.RunWithHiddenProcesses(() =>
        {
            // Kernels since 5.8 show the option by its name.
            string shown = File.ReadAllText("/proc/thread-self/mounts").Contains("hidepid=invisible", StringComparison.Ordinal) ? "invisible" : "2";
            AssertRefused(target.Id, $"Process {target.Id} is there, but /proc does not show it to us (mounted with hidepid={shown}).");
        });
    }

    [Fact]
    public void A_zombie_has_ended()
    {
        using PlainProcess parent = PlainProcess.Start("/bin/sh", "-c", "sh -c 'echo $$' & exec sleep 60");
        int zombie = int.Parse(parent.Output.ReadLine()!, CultureInfo.InvariantCulture);
        using TargetProcess process = TargetProcess.Attach(parent.Id);
        SpinWait.SpinUntil(
            () => File.ReadAllText($"/proc/{zombie}/status").Contains("State:\tZ", StringComparison.Ordinal), TestLimits.Step);
        var exception = Assert.Throws<TargetProcessException>(() => TargetProcess.Attach(zombie));
        Assert.Equal(TargetFailure.NotFound, exception.Failure);
        Assert.Equal($"Process {zombie} has ended; its parent has not taken notice yet.", exception.Message);
    }

    [Fact]
    public void A_thread_of_the_kernel_is_no_program()
    {
        Assert.SkipUnless(File.Exists("/proc/2/comm") && File.ReadAllText("/proc/2/comm") == "kthreadd\n", "No kernel threads are to be seen.");
        var exception = Assert.Throws<TargetProcessException>(() => TargetProcess.Attach(2));
        Assert.Equal(TargetFailure.NotPython, exception.Failure);
        Assert.Equal("Process 2 is a thread of the kernel and runs no program.", exception.Message);
    }

    private static PlainProcess StartAsOtherUser(params string[] command)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Takes root, to become another user.");
        string user = RestrictedThread.OtherUser.ToString(CultureInfo.InvariantCulture);
        return PlainProcess.Start("/usr/bin/setpriv", ["--reuid", user, "--regid", user, "--clear-groups", .. command]);
    }

    private static void AssertRefused(int processId, string message)
    {
        var exception = Assert.Throws<TargetProcessException>(() => TargetProcess.Attach(processId));
        Assert.Equal(TargetFailure.PermissionDenied, exception.Failure);
        Assert.Equal(message, exception.Message);
        Assert.NotNull(exception.Remedy);
        Assert.Contains(
            TargetProcess.Diagnose(processId).Checks, check => check.Status == CheckStatus.Blocks && check.Finding == message);
    }
}
