using System.Globalization;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests.Permissions;

/// <summary>Every circumstance that can be made here, for real.</summary>
internal static class Circumstances
{
    private const string Other = "54321";
    private const string ProcessVm = "process_vm_readv";

    // The home folder, in which pyenv and our cache keep their interpreters, is not for others to read: it gets a readable stand-in that shows them.
    private const string OpenHome =
        "keep=$(mktemp -d) && mount --bind \"$HOME\" $keep && mount -t tmpfs -o mode=755 none \"$HOME\" "
        + "&& for f in .pyenv .cache; do mkdir -p $keep/$f \"$HOME/$f\" && mount --bind $keep/$f \"$HOME/$f\" || exit; done && umount $keep && rmdir $keep && exec \"$@\"";

    private static readonly string[] s_asOther = ["setpriv", "--reuid", Other, "--regid", Other, "--clear-groups"];

    /// <summary>All of them, those in which it works first.</summary>
    public static IReadOnlyList<Circumstance> All { get; } =
    [
        new("root", ProcessVm),
        new("root, process of another user", ProcessVm) { Target = AsOther },
        new("a user, own process", ProcessVm) { Target = AsOther, Pyflame = (_, command) => [.. s_asOther, .. command] },
        new("root, undumpable process", ProcessVm) { Argument = "undumpable" },
        new("process in its own mount and PID namespace", ProcessVm)
        {
            Target = command => ["unshare", "--mount", "--pid", "--fork", "--kill-child", .. command],
            IsChild = true,
        },
        new("process in its own user namespace", ProcessVm) { Target = command => ["unshare", "--user", "--map-root-user", .. command] },
        new("seccomp refuses process_vm_readv", "/proc/PID/mem") { Pyflame = (_, command) => [.. RefuseProcessVm(), .. command] },
        new("... and /proc/PID/mem cannot be opened", "ptrace")
        {
            Pyflame = (process, command) => [.. RefuseProcessVm(), .. WithoutMem(process), .. command],
        },
        new("a user, process of root", null, "Process {0} belongs to user 0, and we are user 54321 without CAP_SYS_PTRACE.")
        {
            Pyflame = (_, command) => [.. s_asOther, .. command],
        },
        new(
            "a user, own undumpable process",
            null,
            "Process {0} forbids its own user to look into it (PR_SET_DUMPABLE, or a program that changed its user).")
        {
            Argument = "undumpable",
            Target = AsOther,
            Pyflame = (_, command) => [.. s_asOther, .. command],
        },
        new(
            "root without CAP_SYS_PTRACE, process of root",
            null,
            "Process {0} has capabilities that we lack (0x80000), so only CAP_SYS_PTRACE lets us look into it.")
        {
            Pyflame = (_, command) => ["setpriv", "--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace", .. command],
        },
        new("from a user namespace, process outside", null, "Process {0} is in another user namespace, in which we have no CAP_SYS_PTRACE.")
        {
            Pyflame = (_, command) => ["unshare", "--user", "--map-root-user", .. command],
        },
        new(
            "from a PID namespace, with the /proc of the host",
            null,
            "/proc is that of another PID namespace than ours: the process ids that it shows are not those that we may use.")
        {
            Pyflame = (_, command) => ["unshare", "--pid", "--fork", "--kill-child", .. command],
        },
        new("a user, hidepid=2", null, "Process {0} is there, but /proc does not show it to us (mounted with hidepid=invisible).")
        {
            Pyflame = (_, command) =>
            [
                "unshare", "--mount", "/bin/sh", "-c", "mount -t proc -o hidepid=2 proc /proc && exec \"$@\"", "sh", .. s_asOther, .. command,
            ],
        },
    ];

    private static IReadOnlyList<string> AsOther(IReadOnlyList<string> command)
    {
        if (command[0] == "chroot")
        {
            return ["chroot", $"--userspec={Other}:{Other}", $"--groups={Other}", .. command.Skip(1)];
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return command[0].StartsWith(home + "/", StringComparison.Ordinal)
            ? ["unshare", "--mount", "/bin/sh", "-c", OpenHome, "sh", .. s_asOther, .. command]
            : [.. s_asOther, .. command];
    }

    private static IReadOnlyList<string> RefuseProcessVm()
    {
        // Any that is not below a root of its own, and newer than 2.7, does.
        Interpreter? python = InterpreterCatalog.All.LastOrDefault(interpreter => !interpreter.IsContained && interpreter.Version.Major == 3);
        Assert.SkipWhen(python is null, "There is no Python to set the seccomp filter with.");
        return python.CommandLine(Path.Combine(AppContext.BaseDirectory, "Targets", "refuse_call.py"), "310", "1");
    }

    // A device without a driver in its place, which cannot be opened.
    private static IReadOnlyList<string> WithoutMem(int process)
    {
        string script = string.Create(
            CultureInfo.InvariantCulture,
            $"none=$(mktemp -u) && mknod $none c 240 254 && mount --bind $none /proc/{process}/mem && exec \"$@\"");
        return ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, "sh"];
    }
}
