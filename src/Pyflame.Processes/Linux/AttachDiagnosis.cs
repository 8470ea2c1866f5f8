using System.Globalization;

namespace Pyflame.Processes.Linux;

/// <summary>Says what stands between us and a process, and what to do about it.</summary>
/// <remarks>
/// It follows the kernel's own order of questions (ptrace(2), "Ptrace access mode checking"; <c>__ptrace_may_access</c>
/// in <c>kernel/ptrace.c</c>; <c>security/yama/yama_lsm.c</c>; <c>security/commoncap.c</c>), so that what is named is
/// what refused.
/// </remarks>
internal static class AttachDiagnosis
{
    /// <summary>Makes every check.</summary>
    /// <param name="facts">The circumstances.</param>
    /// <returns>
    /// The checks; where a process is asked about that cannot be looked at, at least one of them blocks.
    /// </returns>
    public static IReadOnlyList<AttachCheck> Check(AttachFacts facts)
    {
        var checks = new List<AttachCheck> { Kernel(facts) };
        if (facts.IsProcForeign)
        {
            checks.Add(Make(
                "PID namespace",
                CheckStatus.Blocks,
                "/proc is that of another PID namespace than ours: the process ids that it shows are not those that we may use.",
                "Run Pyflame in that PID namespace (docker run --pid host …), or with a /proc of our own (unshare --mount-proc)."));
            return checks;
        }

        if (facts.Target is { } target)
        {
            checks.Add(Process(facts, target));
            if (!target.IsVisible || target.IsZombie || target.IsKernelThread)
            {
                return checks;
            }
        }

        checks.Add(HidePid(facts));
        checks.Add(Capability(facts));
        checks.Add(User(facts));
        checks.Add(UserNamespace(facts));
        if (facts.Target is not null)
        {
            checks.Add(Dumpable(facts));
            checks.Add(TargetCapabilities(facts));
        }

        checks.Add(PtraceScope(facts));
        checks.Add(Selinux(facts));
        checks.Add(AppArmor(facts));
        checks.Add(Seccomp(facts));
        if (facts.Target is not null)
        {
            checks.Add(Tracer(facts));
        }

        checks.Add(Memory(facts, explained: checks.Exists(static check => check.Status == CheckStatus.Blocks)));
        return checks;
    }

    /// <summary>Makes every check, tries the process, and says what to do.</summary>
    /// <param name="processId">The process; 0 for none.</param>
    public static AttachReport Report(int processId)
    {
        AttachFacts facts = AttachFacts.Read(processId);
        bool canAttach = true;
        if (facts.Target is { } target)
        {
            try
            {
                using LinuxTargetProcess process = LinuxTargetProcess.Attach(processId);
                facts = facts with { Target = target with { NeedsPtrace = !target.IsReadable } };
            }
            catch (TargetProcessException)
            {
                canAttach = false;
            }
        }

        IReadOnlyList<AttachCheck> checks = Check(facts);
        return Conclude(facts, checks, canAttach);
    }

    /// <summary>Puts what was found into one sentence, and the ways out beside it.</summary>
    /// <param name="facts">The circumstances.</param>
    /// <param name="checks">What was made of them.</param>
    /// <param name="canAttach">Whether the process was let in; true where none was named.</param>
    internal static AttachReport Conclude(AttachFacts facts, IReadOnlyList<AttachCheck> checks, bool canAttach)
    {
        AttachCheck? blocking = checks.FirstOrDefault(static check => check.Status == CheckStatus.Blocks);
        string summary;
        if (facts.Target is { } target)
        {
            summary = canAttach
                ? $"Process {target.ProcessId} can be looked into."
                : blocking?.Finding ?? $"The kernel refuses us process {target.ProcessId} without saying why.";
        }
        else if (blocking is not null)
        {
            (canAttach, summary) = (false, blocking.Finding);
        }
        else if (facts.HasTraceCapability)
        {
            string where = facts.IsInitialUserNamespace ? "" : " of our user namespace";
            summary = $"All processes{where} can be looked into.";
        }
        else if (facts.PtraceScope is null or 0)
        {
            summary = $"Processes of user {facts.UserId} can be looked into; those of other users take CAP_SYS_PTRACE.";
        }
        else
        {
            canAttach = false;
            summary = facts.PtraceScope == 1
                ? "Only commands that Pyflame starts itself can be looked into: kernel.yama.ptrace_scope is 1."
                : "No process can be looked into without CAP_SYS_PTRACE: kernel.yama.ptrace_scope is 2.";
        }

        return new AttachReport(canAttach, summary, checks, canAttach && facts.Target is not null ? [] : AttachRemedies.Of(facts, checks));
    }

    /// <summary>Why a process cannot be attached to, as the exception to throw.</summary>
    /// <param name="facts">The circumstances, with the process.</param>
    public static TargetProcessException Explain(AttachFacts facts)
    {
        TargetFacts target = facts.Target!;
        foreach (AttachCheck check in Check(facts))
        {
            if (check.Status == CheckStatus.Blocks)
            {
                TargetFailure failure = !target.Exists || target.IsZombie
                    ? TargetFailure.NotFound
                    : target.IsKernelThread ? TargetFailure.NotPython : TargetFailure.PermissionDenied;
                return new TargetProcessException(failure, check.Finding, check.Remedy)
                {
                    RefusedProcessId = failure == TargetFailure.PermissionDenied ? target.ProcessId : 0,
                };
            }
        }

        return new TargetProcessException(
            TargetFailure.PermissionDenied, $"The kernel refuses us process {target.ProcessId} without saying why.");
    }

    private static AttachCheck Kernel(AttachFacts facts) => facts.IsGvisor
        ? Make("kernel", CheckStatus.Limits, $"The kernel is gVisor's ({facts.Kernel}), which may lack process_vm_readv and ptrace.", null)
        : Make("kernel", CheckStatus.Fine, $"The kernel is Linux {facts.Kernel}.", null);

    private static AttachCheck Process(AttachFacts facts, TargetFacts target)
    {
        int id = target.ProcessId;
        if (!target.Exists)
        {
            return Make("process", CheckStatus.Blocks, $"There is no process {id}.", null);
        }

        if (!target.IsVisible)
        {
            return Make(
                "process",
                CheckStatus.Blocks,
                $"Process {id} is there, but /proc does not show it to us (mounted with hidepid={facts.HidePid ?? "?"}).",
                facts.Container == ContainerKind.None
                    ? $"sudo pyflame -p {id}   (or: sudo mount -o remount,hidepid=0 /proc)"
                    : AsRoot(facts, id));
        }

        if (target.IsZombie)
        {
            return Make("process", CheckStatus.Blocks, $"Process {id} has ended; its parent has not taken notice yet.", null);
        }

        return target.IsKernelThread
            ? Make("process", CheckStatus.Blocks, $"Process {id} is a thread of the kernel and runs no program.", null)
            : Make("process", CheckStatus.Fine, $"Process {id} is running.", null);
    }

    private static AttachCheck HidePid(AttachFacts facts) => facts.HidePid is { } value
        ? Make(
            "hidepid",
            facts.HasTraceCapability ? CheckStatus.Fine : CheckStatus.Limits,
            $"/proc is mounted with hidepid={value}: processes of other users are hidden.",
            facts.HasTraceCapability ? null : "sudo mount -o remount,hidepid=0 /proc")
        : Make("hidepid", CheckStatus.Fine, "/proc shows all processes.", null);

    private static AttachCheck Capability(AttachFacts facts) => facts.HasTraceCapability
        ? Make("capability", CheckStatus.Fine, "We have CAP_SYS_PTRACE.", null)
        : Make(
            "capability",
            CheckStatus.Limits,
            "We lack CAP_SYS_PTRACE: only our own processes can be looked at.",
            Grant(facts, facts.Target?.ProcessId ?? 0));

    private static AttachCheck User(AttachFacts facts)
    {
        if (facts.Target is not { } target)
        {
            return Make("user", CheckStatus.Fine, $"We are user {facts.UserId}.", null);
        }

        bool same = target.UserIds.All(id => id == facts.UserId) && target.GroupIds.All(id => id == facts.GroupId);
        if (same)
        {
            return Make("user", CheckStatus.Fine, $"Process {target.ProcessId} belongs to us (user {facts.UserId}).", null);
        }

        bool sameUser = target.UserIds.All(id => id == facts.UserId);
        string finding = sameUser
            ? $"Process {target.ProcessId} runs as group {Join(target.GroupIds)}, and we as group {facts.GroupId}"
            : $"Process {target.ProcessId} belongs to user {Join(target.UserIds)}, and we are user {facts.UserId}";
        return facts.HasTraceCapability
            ? Make("user", CheckStatus.Fine, finding + ", but have CAP_SYS_PTRACE.", null)
            : Make("user", CheckStatus.Blocks, finding + " without CAP_SYS_PTRACE.", AsRoot(facts, target.ProcessId));
    }

    private static AttachCheck UserNamespace(AttachFacts facts)
    {
        if (facts.Target is not { } target || target.IsInOurUserNamespace is true)
        {
            return Make(
                "user namespace",
                CheckStatus.Fine,
                facts.IsInitialUserNamespace ? "We are in the first user namespace." : "We are in a user namespace of our own.",
                null);
        }

        if (target.IsReadable)
        {
            return Make("user namespace", CheckStatus.Fine, $"Process {target.ProcessId} is in a user namespace below ours.", null);
        }

        // Which one it is in is told only to those who may look into it; with the capability in ours, it must be
        // another.
        return target.IsInOurUserNamespace is false || (!facts.IsInitialUserNamespace && facts.HasTraceCapability)
            ? Make(
                "user namespace",
                CheckStatus.Blocks,
                $"Process {target.ProcessId} is in another user namespace, in which we have no CAP_SYS_PTRACE.",
                $"sudo pyflame -p {target.ProcessId}   (on the host, with the process id that it has there)")
            : Make("user namespace", CheckStatus.Unknown, "The user namespace of the process cannot be told.", null);
    }

    private static AttachCheck Dumpable(AttachFacts facts)
    {
        if (facts.Target is not { } target || target.IsDumpable)
        {
            return Make("dumpable", CheckStatus.Fine, "Nothing forbids to look into its memory.", null);
        }

        string finding = $"Process {target.ProcessId} forbids its own user to look into it (PR_SET_DUMPABLE, or a program that changed its user)";
        return facts.HasTraceCapability
            ? Make("dumpable", CheckStatus.Fine, finding + ", but we have CAP_SYS_PTRACE.", null)
            : Make("dumpable", CheckStatus.Blocks, finding + ".", AsRoot(facts, target.ProcessId));
    }

    private static AttachCheck TargetCapabilities(AttachFacts facts)
    {
        if (facts.Target is not { } target || facts.HasTraceCapability || (target.Capabilities & ~facts.Capabilities) == 0)
        {
            return Make("its capabilities", CheckStatus.Fine, "It may do nothing that we may not.", null);
        }

        string mask = (target.Capabilities & ~facts.Capabilities).ToString("x", CultureInfo.InvariantCulture);
        return Make(
            "its capabilities",
            CheckStatus.Blocks,
            $"Process {target.ProcessId} has capabilities that we lack (0x{mask}), so only CAP_SYS_PTRACE lets us look into it.",
            AsRoot(facts, target.ProcessId));
    }

    private static AttachCheck PtraceScope(AttachFacts facts)
    {
        const string Name = "ptrace_scope";
        int id = facts.Target?.ProcessId ?? 0;
        switch (facts.PtraceScope)
        {
            case null:
                return Make(Name, CheckStatus.Fine, "The kernel has no kernel.yama.ptrace_scope.", null);
            case 0:
                return Make(Name, CheckStatus.Fine, "kernel.yama.ptrace_scope is 0.", null);
            case 3:
                return Make(
                    Name,
                    CheckStatus.Blocks,
                    "kernel.yama.ptrace_scope is 3: nobody may look into any process until the next boot.",
                    "Set kernel.yama.ptrace_scope=1 in /etc/sysctl.d and boot.");
            case int scope when facts.HasTraceCapability:
                return Make(Name, CheckStatus.Fine, $"kernel.yama.ptrace_scope is {scope}, but we have CAP_SYS_PTRACE.", null);
            case 2:
                return Make(
                    Name,
                    id == 0 ? CheckStatus.Limits : CheckStatus.Blocks,
                    "kernel.yama.ptrace_scope is 2: looking into a process takes CAP_SYS_PTRACE.",
                    AsRoot(facts, id));
            case int scope when facts.Target is { IsReadable: true } or { IsDescendant: true }:
                return Make(Name, CheckStatus.Fine, $"kernel.yama.ptrace_scope is {scope}, and lets us look into this process.", null);
            case int scope:
                return Make(
                    Name,
                    id == 0 ? CheckStatus.Limits : CheckStatus.Blocks,
                    $"kernel.yama.ptrace_scope is {scope}: only what we started ourselves may be looked into.",
                    facts.Container == ContainerKind.None
                        ? $"sudo pyflame -p {Pid(id)}   (or: sudo sysctl kernel.yama.ptrace_scope=0; or: pyflame -t COMMAND)"
                        : Grant(facts, id));
        }
    }

    private static AttachCheck Selinux(AttachFacts facts) => facts.SelinuxDeniesPtrace
        ? Make("SELinux", CheckStatus.Blocks, "SELinux denies ptrace (its boolean deny_ptrace is on).", "sudo setsebool deny_ptrace off")
        : Make("SELinux", CheckStatus.Fine, "SELinux does not deny ptrace.", null);

    private static AttachCheck AppArmor(AttachFacts facts)
    {
        if (facts.AppArmorProfile is not { } profile)
        {
            return Make("AppArmor", CheckStatus.Fine, "No AppArmor profile confines us.", null);
        }

        // What a profile allows cannot be read; it is named where the rest of the circumstances would have let us in.
        bool suspect = facts.Target is { IsReadable: false } && facts.HasTraceCapability;
        return Make(
            "AppArmor",
            suspect ? CheckStatus.Blocks : CheckStatus.Unknown,
            $"The AppArmor profile {profile} confines us and may forbid to look into other processes.",
            facts.Container switch
            {
                ContainerKind.Docker or ContainerKind.Podman => "docker run --security-opt apparmor=unconfined …",
                ContainerKind.Kubernetes => "securityContext: { appArmorProfile: { type: Unconfined } }",
                _ => "sudo aa-complain " + profile.Split(' ')[0],
            });
    }

    private static AttachCheck Seccomp(AttachFacts facts)
    {
        if (!facts.HasSeccompFilter)
        {
            return Make("seccomp", CheckStatus.Fine, "No seccomp filter looks at our system calls.", null);
        }

        // Nothing else refuses a process its own memory.
        bool suspect = facts.OwnProcessVmError != 0 || facts.Target is { ProcessVmError: not 0 };
        bool blocks = facts.Target is { IsReadable: false } && facts.HasTraceCapability;
        return Make(
            "seccomp",
            blocks ? CheckStatus.Blocks : suspect ? CheckStatus.Limits : CheckStatus.Fine,
            suspect
                ? "A seccomp filter looks at our system calls and seems to refuse process_vm_readv."
                : "A seccomp filter looks at our system calls and lets these pass.",
            suspect
                ? facts.Container switch
                {
                    ContainerKind.Docker or ContainerKind.Podman => "docker run --cap-add SYS_PTRACE …   (or: --security-opt seccomp=unconfined)",
                    ContainerKind.Kubernetes => "securityContext: { seccompProfile: { type: Unconfined } }",
                    _ => "Start pyflame outside of the sandbox that set the filter.",
                }
                : null);
    }

    private static AttachCheck Tracer(AttachFacts facts) => facts.Target is { TracerId: not 0 } target
        ? Make(
            "tracer",
            CheckStatus.Limits,
            $"Process {target.ProcessId} is traced by process {target.TracerId}: it can be read, but not paused.",
            $"End process {target.TracerId} (a debugger, strace or another profiler).")
        : Make("tracer", CheckStatus.Fine, "Nobody else traces it.", null);

    private static AttachCheck Memory(AttachFacts facts, bool explained)
    {
        if (facts.Target is not { } target)
        {
            return facts.OwnProcessVmError == 0
                ? Make("memory", CheckStatus.Fine, "Memory can be read with process_vm_readv.", null)
                : Make(
                    "memory",
                    CheckStatus.Limits,
                    $"process_vm_readv is refused (errno {facts.OwnProcessVmError}) even for ourselves; other ways are tried, which are slower.",
                    null);
        }

        if (target.ProcessVmError == 0)
        {
            return Make("memory", CheckStatus.Fine, "Its memory can be read with process_vm_readv.", null);
        }

        if (target.NeedsPtrace)
        {
            return Make(
                "memory",
                CheckStatus.Limits,
                $"process_vm_readv (errno {target.ProcessVmError}) and /proc/{target.ProcessId}/mem (errno {target.ProcMemError}) are refused; "
                    + "ptrace works, but stops a thread for each word.",
                null);
        }

        if (target.ProcMemError == 0)
        {
            return Make(
                "memory",
                CheckStatus.Limits,
                $"process_vm_readv is refused (errno {target.ProcessVmError}); /proc/{target.ProcessId}/mem works, more slowly.",
                null);
        }

        return Make(
            "memory",
            CheckStatus.Blocks,
            $"May not read the memory of process {target.ProcessId} (process_vm_readv: errno {target.ProcessVmError}, "
                + $"/proc/{target.ProcessId}/mem: errno {target.ProcMemError})"
                + (explained || !facts.HasTraceCapability ? "." : ", though we have CAP_SYS_PTRACE: the system or its sandbox forbids it."),
            explained || facts.HasTraceCapability ? null : AsRoot(facts, target.ProcessId));
    }

    /// <summary>How to run with all that root has.</summary>
    private static string AsRoot(AttachFacts facts, int id)
    {
        if (facts.Container != ContainerKind.None)
        {
            return Grant(facts, id);
        }

        return facts.UserId == 0
            ? "Give this root CAP_SYS_PTRACE where it was started (systemd: CapabilityBoundingSet=; containers: --cap-add SYS_PTRACE)."
            : $"sudo pyflame -p {Pid(id)}";
    }

    /// <summary>How to get CAP_SYS_PTRACE.</summary>
    private static string Grant(AttachFacts facts, int id) => facts.Container switch
    {
        ContainerKind.Docker => "docker run --cap-add SYS_PTRACE …   (Compose: cap_add: [SYS_PTRACE])",
        ContainerKind.Podman => "podman run --cap-add SYS_PTRACE …",
        ContainerKind.Kubernetes => "securityContext: { capabilities: { add: [SYS_PTRACE] } }",
        ContainerKind.Other => "Start the container with the capability SYS_PTRACE (as of docker run --cap-add SYS_PTRACE).",
        _ => $"sudo pyflame -p {Pid(id)}   (or once: sudo setcap cap_sys_ptrace+ep {Environment.ProcessPath})",
    };

    private static string Pid(int id) => id == 0 ? "PID" : id.ToString(CultureInfo.InvariantCulture);

    private static string Join(IReadOnlyList<int> ids) => string.Join('/', ids.Distinct());

    private static AttachCheck Make(string name, CheckStatus status, string finding, string? remedy) => new(name, status, finding, remedy);
}
