using Pyflame.Processes;
using Pyflame.Processes.Linux;

namespace Pyflame.Tests.Processes.Linux;

/// <summary>Each circumstance that keeps us from a process, and the one line that is said of it.</summary>
public sealed class AttachDiagnosisTests
{
    private const ulong AllCapabilities = (1UL << 41) - 1;
    private const ulong TraceCapability = 1UL << 19;

    private static readonly TargetFacts Ours = new()
    {
        ProcessId = 42,
        Exists = true,
        IsVisible = true,
        UserIds = [1000, 1000, 1000],
        GroupIds = [1000, 1000, 1000],
        IsInOurUserNamespace = true,
        ProcessVmError = 1,
        ProcMemError = 13,
    };

    private static readonly AttachFacts User = new() { Kernel = "6.1.0", UserId = 1000, GroupId = 1000, Target = Ours };

    private static readonly AttachFacts Root = User with { UserId = 0, GroupId = 0, Capabilities = AllCapabilities };

    [Fact]
    public void Another_user() => AssertExplained(
        User with { Target = Ours with { UserIds = [33, 33, 33], GroupIds = [33, 33, 33] } },
        TargetFailure.PermissionDenied,
        "Process 42 belongs to user 33, and we are user 1000 without CAP_SYS_PTRACE.",
        "sudo pyflame -p 42");

    [Fact]
    public void Another_effective_user() => AssertExplained(
        User with { Target = Ours with { UserIds = [1000, 0, 0] } },
        TargetFailure.PermissionDenied,
        "Process 42 belongs to user 1000/0, and we are user 1000 without CAP_SYS_PTRACE.",
        "sudo pyflame -p 42");

    [Fact]
    public void Another_group() => AssertExplained(
        User with { Target = Ours with { GroupIds = [1000, 27, 27] } },
        TargetFailure.PermissionDenied,
        "Process 42 runs as group 1000/27, and we as group 1000 without CAP_SYS_PTRACE.",
        "sudo pyflame -p 42");

    [Fact]
    public void Not_dumpable() => AssertExplained(
        User with { Target = Ours with { IsDumpable = false } },
        TargetFailure.PermissionDenied,
        "Process 42 forbids its own user to look into it (PR_SET_DUMPABLE, or a program that changed its user).",
        "sudo pyflame -p 42");

    [Fact]
    public void More_capabilities_than_ours() => AssertExplained(
        User with { Target = Ours with { Capabilities = 1UL << 10 } },
        TargetFailure.PermissionDenied,
        "Process 42 has capabilities that we lack (0x400), so only CAP_SYS_PTRACE lets us look into it.",
        "sudo pyflame -p 42");

    [Fact]
    public void Ptrace_scope_1() => AssertExplained(
        User with { PtraceScope = 1 },
        TargetFailure.PermissionDenied,
        "kernel.yama.ptrace_scope is 1: only what we started ourselves may be looked into.",
        "sudo pyflame -p 42   (or: sudo sysctl kernel.yama.ptrace_scope=0; or: pyflame -t COMMAND)");

    [Fact]
    public void Ptrace_scope_2() => AssertExplained(
        User with { PtraceScope = 2 },
        TargetFailure.PermissionDenied,
        "kernel.yama.ptrace_scope is 2: looking into a process takes CAP_SYS_PTRACE.",
        "sudo pyflame -p 42");

    [Fact]
    public void Ptrace_scope_3() => AssertExplained(
        Root with { PtraceScope = 3 },
        TargetFailure.PermissionDenied,
        "kernel.yama.ptrace_scope is 3: nobody may look into any process until the next boot.",
        "Set kernel.yama.ptrace_scope=1 in /etc/sysctl.d and boot.");

    [Theory]
    [InlineData(ContainerKind.Docker, "docker run --cap-add SYS_PTRACE …   (Compose: cap_add: [SYS_PTRACE])")]
    [InlineData(ContainerKind.Podman, "podman run --cap-add SYS_PTRACE …")]
    [InlineData(ContainerKind.Kubernetes, "securityContext: { capabilities: { add: [SYS_PTRACE] } }")]
    [InlineData(ContainerKind.Other, "Start the container with the capability SYS_PTRACE (as of docker run --cap-add SYS_PTRACE).")]
    internal void A_container_without_the_capability(ContainerKind container, string remedy) => AssertExplained(
        Root with { Container = container, Capabilities = AllCapabilities & ~TraceCapability, Target = Ours with { UserIds = [33, 33, 33] } },
        TargetFailure.PermissionDenied,
        "Process 42 belongs to user 33, and we are user 0 without CAP_SYS_PTRACE.",
        remedy);

    [Fact]
    public void A_root_without_the_capability() => AssertExplained(
        Root with { Capabilities = 0, Target = Ours with { Capabilities = AllCapabilities, UserIds = [0, 0, 0], GroupIds = [0, 0, 0] } },
        TargetFailure.PermissionDenied,
        "Process 42 has capabilities that we lack (0x1ffffffffff), so only CAP_SYS_PTRACE lets us look into it.",
        "Give this root CAP_SYS_PTRACE where it was started (systemd: CapabilityBoundingSet=; containers: --cap-add SYS_PTRACE).");

    [Fact]
    public void Another_user_namespace() => AssertExplained(
        Root with { IsInitialUserNamespace = false, Target = Ours with { IsInOurUserNamespace = null } },
        TargetFailure.PermissionDenied,
        "Process 42 is in another user namespace, in which we have no CAP_SYS_PTRACE.",
        "sudo pyflame -p 42   (on the host, with the process id that it has there)");

    [Fact]
    public void Selinux() => AssertExplained(
        User with { SelinuxDeniesPtrace = true },
        TargetFailure.PermissionDenied,
        "SELinux denies ptrace (its boolean deny_ptrace is on).",
        "sudo setsebool deny_ptrace off");

    [Fact]
    public void Apparmor() => AssertExplained(
        Root with { AppArmorProfile = "docker-default (enforce)", Container = ContainerKind.Docker },
        TargetFailure.PermissionDenied,
        "The AppArmor profile docker-default (enforce) confines us and may forbid to look into other processes.",
        "docker run --security-opt apparmor=unconfined …");

    [Fact]
    public void Seccomp() => AssertExplained(
        Root with { HasSeccompFilter = true, Container = ContainerKind.Docker },
        TargetFailure.PermissionDenied,
        "A seccomp filter looks at our system calls and seems to refuse process_vm_readv.",
        "docker run --cap-add SYS_PTRACE …   (or: --security-opt seccomp=unconfined)");

    [Fact]
    public void Hidden_by_hidepid() => AssertExplained(
        User with { HidePid = "2", Target = new TargetFacts { ProcessId = 42, Exists = true, ProcessVmError = 1 } },
        TargetFailure.PermissionDenied,
        "Process 42 is there, but /proc does not show it to us (mounted with hidepid=2).",
        "sudo pyflame -p 42   (or: sudo mount -o remount,hidepid=0 /proc)");

    [Fact]
    public void Not_there() => AssertExplained(
        User with { Target = new TargetFacts { ProcessId = 42 } }, TargetFailure.NotFound, "There is no process 42.", null);

    [Fact]
    public void A_zombie() => AssertExplained(
        User with { Target = Ours with { IsZombie = true } },
        TargetFailure.NotFound,
        "Process 42 has ended; its parent has not taken notice yet.",
        null);

    [Fact]
    public void A_kernel_thread() => AssertExplained(
        Root with { Target = Ours with { IsKernelThread = true } },
        TargetFailure.NotPython,
        "Process 42 is a thread of the kernel and runs no program.",
        null);

    [Fact]
    public void An_unknown_reason() => AssertExplained(
        User,
        TargetFailure.PermissionDenied,
        "May not read the memory of process 42 (process_vm_readv: errno 1, /proc/42/mem: errno 13).",
        "sudo pyflame -p 42");

    [Fact]
    public void An_unknown_reason_where_nothing_is_lacking() => AssertExplained(
        Root,
        TargetFailure.PermissionDenied,
        "May not read the memory of process 42 (process_vm_readv: errno 1, /proc/42/mem: errno 13), though we have CAP_SYS_PTRACE: "
            + "the system or its sandbox forbids it.",
        null);

    [Fact]
    public void The_proc_of_another_pid_namespace() => AssertExplained(
        Root with { IsProcForeign = true },
        TargetFailure.PermissionDenied,
        "/proc is that of another PID namespace than ours: the process ids that it shows are not those that we may use.",
        "Run Pyflame in that PID namespace (docker run --pid host …), or with a /proc of our own (unshare --mount-proc).");

    [Fact]
    public void Nothing_blocks_where_the_memory_can_be_read()
    {
        TargetFacts readable = Ours with { ProcessVmError = 0, ProcMemError = 0 };
        Assert.All(
            AttachDiagnosis.Check(Root with { PtraceScope = 2, Target = readable with { UserIds = [7, 7, 7], IsDumpable = false } }),
            static check => Assert.Equal(CheckStatus.Fine, check.Status));
        IReadOnlyList<AttachCheck> checks = AttachDiagnosis.Check(User with { PtraceScope = 1, Target = readable with { IsDescendant = true } });
        Assert.DoesNotContain(checks, static check => check.Status == CheckStatus.Blocks);
        Assert.Contains(
            new AttachCheck("ptrace_scope", CheckStatus.Fine, "kernel.yama.ptrace_scope is 1, and lets us look into this process.", null), checks);
    }

    [Fact]
    public void A_tracer_and_a_slower_way_to_read_are_limits()
    {
        IReadOnlyList<AttachCheck> checks = AttachDiagnosis.Check(
            Root with { HasSeccompFilter = true, Target = Ours with { TracerId = 77, ProcessVmError = 38, ProcMemError = 0 } });
        Assert.DoesNotContain(checks, static check => check.Status == CheckStatus.Blocks);
        Assert.Equal(
            [
                "A seccomp filter looks at our system calls and seems to refuse process_vm_readv.",
                "Process 42 is traced by process 77: it can be read, but not paused.",
                "process_vm_readv is refused (errno 38); /proc/42/mem works, more slowly.",
            ],
            checks.Where(static check => check.Status == CheckStatus.Limits).Select(static check => check.Finding));
    }

    [Fact]
    public void Without_a_process_only_what_holds_for_all_is_said()
    {
        IReadOnlyList<AttachCheck> checks = AttachDiagnosis.Check(User with { PtraceScope = 1, Target = null });
        Assert.DoesNotContain(checks, static check => check.Status == CheckStatus.Blocks);
        Assert.Equal(
            ["capability", "ptrace_scope"],
            checks.Where(static check => check.Status == CheckStatus.Limits).Select(static check => check.Name));
    }

    [Fact]
    public void The_facts_about_ourselves_are_read()
    {
        AttachFacts facts = AttachFacts.Read(Environment.ProcessId);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), facts.Kernel);
        TargetFacts self = facts.Target!;
        Assert.True(self is { Exists: true, IsVisible: true, IsZombie: false, IsKernelThread: false, IsDumpable: true });
        Assert.True(self is { IsInOurUserNamespace: true, IsDescendant: true, TracerId: 0, ProcessVmError: 0, ProcMemError: 0 });
        Assert.Equal(Enumerable.Repeat(facts.UserId, 3), self.UserIds);
    }

    [Theory]
    [InlineData("proc /proc proc rw,nosuid,hidepid=2 0 0\n", "2")]
    [InlineData("proc /proc proc rw,relatime,hidepid=invisible,gid=4 0 0\n", "invisible")]
    [InlineData("proc /proc proc rw,hidepid=0 0 0\n", null)]
    [InlineData("proc /proc proc rw,relatime 0 0\n", null)]
    [InlineData("proc /srv/proc proc rw,hidepid=2 0 0\n", null)]
    [InlineData("", null)]
    public void The_mount_option_hidepid_is_found(string mounts, string? expected) => Assert.Equal(expected, AttachFacts.FindHidePid(mounts));

    [Theory]
    [InlineData("         0          0 4294967295\n", true)]
    [InlineData("         0       1000          1\n", false)]
    [InlineData("         0     100000      65536\n", false)]
    [InlineData("", true)]
    public void The_first_user_namespace_is_known_by_its_map(string map, bool expected) => Assert.Equal(expected, AttachFacts.IsWholeMap(map));

    private static void AssertExplained(AttachFacts facts, TargetFailure failure, string message, string? remedy)
    {
        TargetProcessException exception = AttachDiagnosis.Explain(facts);
        Assert.Equal(failure, exception.Failure);
        Assert.Equal(message, exception.Message);
        Assert.Equal(remedy, exception.Remedy);
    }
}
