using System.Globalization;

namespace Pyflame.Processes.Linux;

/// <summary>Every way out of what an <see cref="AttachDiagnosis"/> has found, as commands and lines to copy.</summary>
internal static class AttachRemedies
{
    // PR_SET_PTRACER is spelled "Yama" in ASCII (linux/prctl.h).
    private const string AllowTracer =
        "import ctypes; ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1), 0, 0, 0)  # PR_SET_PTRACER, PR_SET_PTRACER_ANY";

    private const string AllowDump = "import ctypes; ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE";

    /// <summary>Lists the ways.</summary>
    /// <param name="facts">The circumstances.</param>
    /// <param name="checks">What was made of them.</param>
    public static IReadOnlyList<AttachRemedy> Of(AttachFacts facts, IReadOnlyList<AttachCheck> checks)
    {
        var remedies = new List<AttachRemedy>();
        bool Stops(string name) => checks.Any(check => check.Name == name
            && (check.Status == CheckStatus.Blocks || (facts.Target is null && check.Status == CheckStatus.Limits)));

        if (facts.Target is { } target && (!target.Exists || target.IsZombie || target.IsKernelThread))
        {
            return remedies;
        }

        if (Stops("PID namespace"))
        {
            remedies.Add(new("in its PID namespace", "docker run --pid host …   (Kubernetes: hostPID: true)"));
            remedies.Add(new("with a /proc of ours", "unshare --mount-proc pyflame …   (for the processes of our own PID namespace)"));
            return remedies;
        }

        bool scope = Stops("ptrace_scope") && facts.PtraceScope is 1 or 2;
        if (scope || Stops("capability") || Stops("user") || Stops("dumpable") || Stops("its capabilities") || Stops("process"))
        {
            AddCapability(remedies, facts);
        }

        if (scope && facts.PtraceScope == 1)
        {
            if (facts.Container == ContainerKind.None)
            {
                remedies.Add(new("until the next boot", "sudo sysctl kernel.yama.ptrace_scope=0"));
                remedies.Add(new("for good", "echo kernel.yama.ptrace_scope=0 | sudo tee /etc/sysctl.d/60-ptrace.conf"));
            }

            remedies.Add(new("as our own child", "pyflame record -- COMMAND"));
            remedies.Add(new("in the program itself", AllowTracer));
        }

        if (Stops("dumpable"))
        {
            remedies.Add(new("in the program itself", AllowDump));
        }

        if (Stops("user namespace"))
        {
            remedies.Add(new("on the host", "sudo pyflame -p PID   (with the process id that it has there)"));
        }

        if (Stops("hidepid") || Stops("process"))
        {
            remedies.Add(new("show all processes", "sudo mount -o remount,hidepid=0 /proc"));
        }

        foreach (AttachCheck check in checks)
        {
            if (check.Name is "SELinux" or "AppArmor" or "seccomp" or "tracer" && Stops(check.Name) && check.Remedy is not null)
            {
                AddConfinement(remedies, facts, check);
            }
        }

        return remedies;
    }

    /// <summary>How to get CAP_SYS_PTRACE, or do without.</summary>
    private static void AddCapability(List<AttachRemedy> remedies, AttachFacts facts)
    {
        string id = facts.Target is { } target ? target.ProcessId.ToString(CultureInfo.InvariantCulture) : "PID";
        if (facts.Container == ContainerKind.None)
        {
            if (facts.UserId == 0)
            {
                remedies.Add(new("systemd", "CapabilityBoundingSet=CAP_SYS_PTRACE   (in the unit that Pyflame runs in)"));
                return;
            }

            remedies.Add(new("as root", $"sudo pyflame -p {id}"));
            if (facts.Target is { IsVisible: true, IsDumpable: true, UserIds: [var owner, ..] } other && owner != 0 && owner != facts.UserId
                && other.UserIds.All(user => user == owner))
            {
                remedies.Add(new("as its user", $"sudo -u '#{owner}' pyflame -p {id}"));
            }

            remedies.Add(new("for all who may run it", $"sudo setcap cap_sys_ptrace+ep {Environment.ProcessPath}"));
            return;
        }

        if (facts.Container is ContainerKind.Docker && facts.Target is { IsVisible: true, UserIds: [var user, ..] } && user != facts.UserId)
        {
            remedies.Add(new("as its user", $"docker exec --user {user} CONTAINER pyflame -p {id}"));
        }

        if (facts.Container is ContainerKind.Docker or ContainerKind.Other)
        {
            remedies.Add(new("Docker", "docker run --cap-add SYS_PTRACE …"));
            remedies.Add(new("Docker Compose", "cap_add: [SYS_PTRACE]"));
        }

        if (facts.Container is ContainerKind.Podman or ContainerKind.Other)
        {
            remedies.Add(new("Podman", "podman run --cap-add SYS_PTRACE …"));
        }

        if (facts.Container is ContainerKind.Kubernetes or ContainerKind.Other)
        {
            remedies.Add(new("Kubernetes", "securityContext: { capabilities: { add: [SYS_PTRACE] } }"));
            remedies.Add(new("Kubernetes, as it runs", "kubectl debug -it POD --image=IMAGE --target=CONTAINER --profile=general"));
        }

        remedies.Add(new("on the host", "sudo pyflame -p PID   (with the process id that it has there)"));
    }

    private static void AddConfinement(List<AttachRemedy> remedies, AttachFacts facts, AttachCheck check)
    {
        if (facts.Container == ContainerKind.None || check.Name is "SELinux" or "tracer")
        {
            remedies.Add(new(check.Name, check.Remedy!));
            return;
        }

        string kind = check.Name == "seccomp" ? "seccomp" : "apparmor";
        if (facts.Container is not ContainerKind.Kubernetes)
        {
            remedies.Add(new("Docker, Podman", $"docker run --security-opt {kind}=unconfined …"));
            remedies.Add(new("Docker Compose", $"security_opt: [{kind}:unconfined]"));
        }

        if (facts.Container is ContainerKind.Kubernetes or ContainerKind.Other)
        {
            remedies.Add(new("Kubernetes", $"securityContext: {{ {(kind == "seccomp" ? "seccompProfile" : "appArmorProfile")}: {{ type: Unconfined }} }}"));
        }
    }
}
