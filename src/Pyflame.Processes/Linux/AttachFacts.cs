using System.Globalization;
using System.Text;

namespace Pyflame.Processes.Linux;

/// <summary>What decides whether we may look at processes, and at one in particular, as read from the system.</summary>
/// <remarks>
/// Only facts; what follows from them is in <see cref="AttachDiagnosis"/>, which can so be tested without the
/// circumstances.
/// </remarks>
internal sealed record AttachFacts
{
    /// <summary>CAP_SYS_PTRACE (capabilities(7)).</summary>
    private const ulong TraceCapability = 1UL << 19;

    /// <summary>The kernel's release, as of uname(2).</summary>
    public string Kernel { get; init; } = "";

    /// <summary>Whether the kernel is gVisor's.</summary>
    public bool IsGvisor { get; init; }

    /// <summary>In what kind of container we are.</summary>
    public ContainerKind Container { get; init; }

    /// <summary>Our real user id.</summary>
    public int UserId { get; init; }

    /// <summary>Our real group id.</summary>
    public int GroupId { get; init; }

    /// <summary>Our effective capabilities.</summary>
    public ulong Capabilities { get; init; }

    /// <summary>Whether our user namespace is the first one of the system.</summary>
    public bool IsInitialUserNamespace { get; init; } = true;

    /// <summary>Whether a seccomp filter looks at our system calls.</summary>
    public bool HasSeccompFilter { get; init; }

    /// <summary>The error number of process_vm_readv(2) for our own memory; 0 where it works.</summary>
    public int OwnProcessVmError { get; init; }

    /// <summary><c>kernel.yama.ptrace_scope</c>; null where the kernel has no Yama.</summary>
    public int? PtraceScope { get; init; }

    /// <summary>
    /// The value of the mount option <c>hidepid</c> of <c>/proc</c>; null where it is not set, or off.
    /// </summary>
    public string? HidePid { get; init; }

    /// <summary>Whether <c>/proc</c> is that of another PID namespace than ours, so that its ids are not those that system calls take from us.</summary>
    public bool IsProcForeign { get; init; }

    /// <summary>Whether SELinux enforces its boolean <c>deny_ptrace</c>.</summary>
    public bool SelinuxDeniesPtrace { get; init; }

    /// <summary>
    /// The AppArmor profile that confines us, such as <c>docker-default (enforce)</c>; null where none does.
    /// </summary>
    public string? AppArmorProfile { get; init; }

    /// <summary>The facts about a process; null where none was asked for.</summary>
    public TargetFacts? Target { get; init; }

    /// <summary>Whether we have CAP_SYS_PTRACE in our user namespace.</summary>
    public bool HasTraceCapability => (Capabilities & TraceCapability) != 0;

    /// <summary>
    /// Reads the facts. Credentials are a thread's own on Linux (credentials(7)), so they are those of the calling
    /// thread.
    /// </summary>
    /// <param name="processId">The process that is asked about; 0 for none.</param>
    public static AttachFacts Read(int processId)
    {
        string status = ReadText("/proc/thread-self/status");
        return new AttachFacts
        {
            Kernel = ReadText("/proc/sys/kernel/osrelease").Trim(),
            IsGvisor = ReadText("/proc/version").Contains("4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016", StringComparison.Ordinal),
            Container = FindContainer(),
            UserId = Numbers(status, "Uid:")[0],
            GroupId = Numbers(status, "Gid:")[0],
            Capabilities = Mask(status, "CapEff:"),
            IsInitialUserNamespace = IsWholeMap(ReadText("/proc/thread-self/uid_map")),
            HasSeccompFilter = Numbers(status, "Seccomp:")[0] == 2,
            OwnProcessVmError = LinuxTargetProcess.ProbeProcessVm(Environment.ProcessId),
            PtraceScope = int.TryParse(
                ReadText("/proc/sys/kernel/yama/ptrace_scope"), CultureInfo.InvariantCulture, out int scope) ? scope : null,
            HidePid = FindHidePid(ReadText("/proc/thread-self/mounts")),
            IsProcForeign = ShowsOthersIds(),
            SelinuxDeniesPtrace = ReadText("/sys/fs/selinux/enforce").StartsWith('1')
                && ReadText("/sys/fs/selinux/booleans/deny_ptrace").StartsWith('1'),
            AppArmorProfile = ReadText("/sys/module/apparmor/parameters/enabled").StartsWith('Y')
                ? Confinement(ReadText("/proc/thread-self/attr/current"))
                : null,
            Target = processId == 0 ? null : TargetFacts.Read(processId),
        };
    }

    /// <summary>As <see cref="IsProcForeign"/>: <c>/proc/self</c> has the id that we have there.</summary>
    public static bool ShowsOthersIds() =>
        int.TryParse(new FileInfo("/proc/self").LinkTarget, CultureInfo.InvariantCulture, out int id) && id != Environment.ProcessId;

    /// <summary>Reads a small file; empty where that cannot be done.</summary>
    public static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path, Encoding.Latin1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The numbers of a field of a status file; a zero where there is no such field.</summary>
    public static int[] Numbers(string status, string field)
    {
        var numbers = new List<int>();
        foreach (string word in Field(status, field).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (int.TryParse(word, CultureInfo.InvariantCulture, out int number))
            {
                numbers.Add(number);
            }
        }

        return numbers.Count == 0 ? [0] : [.. numbers];
    }

    /// <summary>A field of a status file that is a mask in hexadecimal.</summary>
    public static ulong Mask(string status, string field) =>
        ulong.TryParse(Field(status, field), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong mask) ? mask : 0;

    /// <summary>A field of a status file; empty where there is none.</summary>
    public static string Field(string status, string field) =>
        ByteText.Decode(ProcStatus.Field(Encoding.Latin1.GetBytes(status), Encoding.Latin1.GetBytes(field)));

    /// <summary>
    /// The value of <c>hidepid</c> in a list of mounts, if it hides anything (proc(5), "Mount options").
    /// </summary>
    internal static string? FindHidePid(string mounts)
    {
        foreach (string line in mounts.Split('\n'))
        {
            string[] words = line.Split(' ');
            if (words.Length < 4 || words[1] != "/proc")
            {
                continue;
            }

            foreach (string option in words[3].Split(','))
            {
                if (option.StartsWith("hidepid=", StringComparison.Ordinal) && option is not ("hidepid=0" or "hidepid=off"))
                {
                    return option["hidepid=".Length..];
                }
            }
        }

        return null;
    }

    /// <summary>Whether a user namespace's map says that all ids are themselves (user_namespaces(7)).</summary>
    internal static bool IsWholeMap(string map) =>
        map.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"] or [];

    private static string? Confinement(string profile)
    {
        profile = profile.TrimEnd('\n', '\0');
        return profile.Length == 0 || profile.StartsWith("unconfined", StringComparison.Ordinal) ? null : profile;
    }

    private static ContainerKind FindContainer()
    {
        if (Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null)
        {
            return ContainerKind.Kubernetes;
        }

        if (File.Exists("/.dockerenv"))
        {
            return ContainerKind.Docker;
        }

        if (File.Exists("/run/.containerenv"))
        {
            return ContainerKind.Podman;
        }

        bool isOther = Environment.GetEnvironmentVariable("container") is not null
            || ReadText("/proc/thread-self/mounts").Contains(" / overlay ", StringComparison.Ordinal);
        return isOther ? ContainerKind.Other : ContainerKind.None;
    }
}
