using Pyflame.Processes;
using Pyflame.Processes.Linux;

namespace Pyflame.Tests.Processes.Linux;

/// <summary>What is told to do in each circumstance, to the letter: users copy it.</summary>
public sealed class AttachRemediesTests
{
    private const string AllowTracer =
        "import ctypes; ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1), 0, 0, 0)  # PR_SET_PTRACER, PR_SET_PTRACER_ANY";

    private static readonly TargetFacts Refused = new()
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

    private static readonly AttachFacts User = new() { Kernel = "6.1.0", UserId = 1000, GroupId = 1000, Target = Refused };

    private static readonly TargetFacts OfAnother = Refused with { UserIds = [33, 33, 33], GroupIds = [33, 33, 33] };

    private static string Setcap => $"sudo setcap cap_sys_ptrace+ep {Environment.ProcessPath}";

    [Fact]
    public void Ptrace_scope_1() => AssertRemedies(
        User with { PtraceScope = 1 },
        ("as root", "sudo pyflame -p 42"),
        ("for all who may run it", Setcap),
        ("until the next boot", "sudo sysctl kernel.yama.ptrace_scope=0"),
        ("for good", "echo kernel.yama.ptrace_scope=0 | sudo tee /etc/sysctl.d/60-ptrace.conf"),
        ("as our own child", "pyflame record -- COMMAND"),
        ("in the program itself", AllowTracer));

    [Fact]
    public void Ptrace_scope_1_without_a_process() => AssertRemedies(
        User with { PtraceScope = 1, Target = null },
        ("as root", "sudo pyflame -p PID"),
        ("for all who may run it", Setcap),
        ("until the next boot", "sudo sysctl kernel.yama.ptrace_scope=0"),
        ("for good", "echo kernel.yama.ptrace_scope=0 | sudo tee /etc/sysctl.d/60-ptrace.conf"),
        ("as our own child", "pyflame record -- COMMAND"),
        ("in the program itself", AllowTracer));

    [Fact]
    public void Ptrace_scope_1_in_a_container() => AssertRemedies(
        User with { PtraceScope = 1, Container = ContainerKind.Docker },
        ("Docker", "docker run --cap-add SYS_PTRACE …"),
        ("Docker Compose", "cap_add: [SYS_PTRACE]"),
        ("on the host", "sudo pyflame -p PID   (with the process id that it has there)"),
        ("as our own child", "pyflame record -- COMMAND"),
        ("in the program itself", AllowTracer));

    [Fact]
    public void Ptrace_scope_2() => AssertRemedies(
        User with { PtraceScope = 2 }, ("as root", "sudo pyflame -p 42"), ("for all who may run it", Setcap));

    [Fact]
    public void Ptrace_scope_3_has_no_way_round() => AssertRemedies(User with { PtraceScope = 3 });

    [Fact]
    public void Another_user() => AssertRemedies(
        User with { Target = OfAnother },
        ("as root", "sudo pyflame -p 42"),
        ("as its user", "sudo -u '#33' pyflame -p 42"),
        ("for all who may run it", Setcap));

    [Fact]
    public void Another_user_in_a_container() => AssertRemedies(
        User with { Target = OfAnother, Container = ContainerKind.Docker },
        ("as its user", "docker exec --user 33 CONTAINER pyflame -p 42"),
        ("Docker", "docker run --cap-add SYS_PTRACE …"),
        ("Docker Compose", "cap_add: [SYS_PTRACE]"),
        ("on the host", "sudo pyflame -p PID   (with the process id that it has there)"));

    [Fact]
    public void Another_user_in_a_pod() => AssertRemedies(
        User with { Target = OfAnother, Container = ContainerKind.Kubernetes },
        ("Kubernetes", "securityContext: { capabilities: { add: [SYS_PTRACE] } }"),
        ("Kubernetes, as it runs", "kubectl debug -it POD --image=IMAGE --target=CONTAINER --profile=general"),
        ("on the host", "sudo pyflame -p PID   (with the process id that it has there)"));

    [Fact]
    public void A_root_without_the_capability() => AssertRemedies(
        User with { UserId = 0, GroupId = 0, Target = OfAnother },
        ("systemd", "CapabilityBoundingSet=CAP_SYS_PTRACE   (in the unit that Pyflame runs in)"));

    [Fact]
    public void Not_dumpable() => AssertRemedies(
        User with { Target = Refused with { IsDumpable = false } },
        ("as root", "sudo pyflame -p 42"),
        ("for all who may run it", Setcap),
        ("in the program itself", "import ctypes; ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE"));

    [Fact]
    public void Hidden() => AssertRemedies(
        User with { HidePid = "2", Target = Refused with { IsVisible = false } },
        ("as root", "sudo pyflame -p 42"),
        ("for all who may run it", Setcap),
        ("show all processes", "sudo mount -o remount,hidepid=0 /proc"));

    [Fact]
    public void Selinux() => AssertRemedies(
        User with { UserId = 0, GroupId = 0, Capabilities = 1UL << 19, SelinuxDeniesPtrace = true },
        ("SELinux", "sudo setsebool deny_ptrace off"));

    [Theory]
    [InlineData(ContainerKind.None, "AppArmor", "sudo aa-complain docker-default")]
    [InlineData(ContainerKind.Docker, "Docker, Podman", "docker run --security-opt apparmor=unconfined …")]
    [InlineData(ContainerKind.Kubernetes, "Kubernetes", "securityContext: { appArmorProfile: { type: Unconfined } }")]
    public void Apparmor(object container, string situation, string command)
    {
        AttachFacts facts = User with
        {
            UserId = 0,
            GroupId = 0,
            Capabilities = 1UL << 19,
            AppArmorProfile = "docker-default (enforce)",
            Container = (ContainerKind)container,
        };

        Assert.Equal(new AttachRemedy(situation, command), AttachRemedies.Of(facts, AttachDiagnosis.Check(facts))[0]);
    }

    [Fact]
    public void A_filter_that_refuses_everything() => AssertRemedies(
        User with
        {
            UserId = 0,
            GroupId = 0,
            Capabilities = 1UL << 19,
            HasSeccompFilter = true,
            OwnProcessVmError = 1,
            Container = ContainerKind.Docker,
        },
        ("Docker, Podman", "docker run --security-opt seccomp=unconfined …"),
        ("Docker Compose", "security_opt: [seccomp:unconfined]"));

    [Fact]
    public void Nothing_is_told_of_what_is_not_there() => AssertRemedies(User with { Target = new TargetFacts { ProcessId = 42 } });

    [Fact]
    public void The_verdict_without_a_process()
    {
        Assert.Equal((true, "All processes can be looked into."), Verdict(User with { Capabilities = 1UL << 19 }));
        Assert.Equal(
            (true, "All processes of our user namespace can be looked into."),
            Verdict(User with { Capabilities = 1UL << 19, IsInitialUserNamespace = false }));
        Assert.Equal(
            (true, "Processes of user 1000 can be looked into; those of other users take CAP_SYS_PTRACE."),
            Verdict(User with { PtraceScope = 0 }));
        Assert.Equal(
            (false, "Only commands that Pyflame starts itself can be looked into: kernel.yama.ptrace_scope is 1."),
            Verdict(User with { PtraceScope = 1 }));
        Assert.Equal(
            (false, "No process can be looked into without CAP_SYS_PTRACE: kernel.yama.ptrace_scope is 2."),
            Verdict(User with { PtraceScope = 2 }));
        Assert.Equal(
            (false, "kernel.yama.ptrace_scope is 3: nobody may look into any process until the next boot."),
            Verdict(User with { PtraceScope = 3, Capabilities = 1UL << 19 }));
    }

    [Fact]
    public void What_only_ptrace_can_read_is_a_limit()
    {
        AttachFacts facts = User with { OwnProcessVmError = 38, HasSeccompFilter = true, Target = Refused with { ProcessVmError = 38, NeedsPtrace = true } };
        IReadOnlyList<AttachCheck> checks = AttachDiagnosis.Check(facts);

        Assert.DoesNotContain(checks, check => check.Status == CheckStatus.Blocks);
        Assert.Equal(
            "process_vm_readv (errno 38) and /proc/42/mem (errno 13) are refused; ptrace works, but stops a thread for each word.",
            checks[^1].Finding);
        Assert.Equal((true, "Process 42 can be looked into."), (AttachDiagnosis.Conclude(facts, checks, true).CanAttach, AttachDiagnosis.Conclude(facts, checks, true).Summary));
    }

    private static (bool CanAttach, string Summary) Verdict(AttachFacts facts)
    {
        AttachFacts alone = facts with { Target = null };
        AttachReport report = AttachDiagnosis.Conclude(alone, AttachDiagnosis.Check(alone), canAttach: true);
        return (report.CanAttach, report.Summary);
    }

    private static void AssertRemedies(AttachFacts facts, params (string Situation, string Command)[] expected) => Assert.Equal(
        expected, AttachRemedies.Of(facts, AttachDiagnosis.Check(facts)).Select(remedy => (remedy.Situation, remedy.Command)));
}
