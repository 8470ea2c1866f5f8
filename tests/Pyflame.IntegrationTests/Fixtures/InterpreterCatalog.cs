using System.Buffers.Binary;

namespace Pyflame.Testing;

/// <summary>Every interpreter on this machine that Pyflame has to read, found once per test run.</summary>
public static class InterpreterCatalog
{
    private static readonly Lazy<IReadOnlyList<Interpreter>> Found = new(
        () => [.. FindPyenv().Concat(FindSystem()).Concat(FindDebian()).Concat(FindFreeThreaded())
            .OrderBy(i => !i.IsFreeThreaded).ThenBy(i => i.Version).ThenBy(i => i.Name, StringComparer.Ordinal)]);

    /// <summary>All interpreters of a supported version: those without a GIL, then the others, each by version.</summary>
    public static IReadOnlyList<Interpreter> All => Found.Value;

    /// <summary>
    /// What scripts/interpreters.sh last said of each of Debian's interpreters, one a line; empty when it never ran.
    /// </summary>
    public static IReadOnlyList<string> DebianListing
    {
        get
        {
            string path = Path.Combine(DebianCache, "listing.txt");
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
    }

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    // The same folder that scripts/interpreters.sh names.
    internal static string DebianCache
    {
        get
        {
            string cache = Variable("PYFLAME_CACHE")
                ?? Path.Combine(Variable("XDG_CACHE_HOME") ?? Path.Combine(Home, ".cache"), "pyflame");
            return Path.Combine(cache, "interpreters");
        }
    }

    /// <summary>The folder of what scripts/interpreters.sh --program and scripts/source_python.sh made.</summary>
    internal static string Programs => Path.Combine(Path.GetDirectoryName(DebianCache)!, "programs");

    /// <summary>An interpreter for which Debian has gevent and greenlet; null where it is not there, or we may not use it.</summary>
    /// <param name="version">Major and minor, as <c>3.13</c>.</param>
    public static Interpreter? WithGevent(string version)
    {
        string folder = version == "3.13" ? "python3-gevent" : $"python{version}-gevent";
        string executable = $"/usr/bin/python{version}";
        string root = Path.Combine(Programs, folder);
        return Environment.IsPrivilegedProcess && File.Exists(root + executable)
            ? new Interpreter($"debian-{version}-gevent", Version.Parse(version), InterpreterOrigin.DebianChroot, root, executable, true)
            : null;
    }

    private static IEnumerable<Interpreter> FindPyenv()
    {
        string versions = Path.Combine(Variable("PYENV_ROOT") ?? Path.Combine(Home, ".pyenv"), "versions");
        if (!Directory.Exists(versions))
        {
            yield break;
        }

        foreach (string folder in Directory.EnumerateDirectories(versions))
        {
            // Other implementations and distributions have names that are no plain version.
            string executable = Path.Combine(folder, "bin", "python");
            if (Version.TryParse(Path.GetFileName(folder), out Version? version) && IsSupported(version) && File.Exists(executable))
            {
                yield return Create($"pyenv-{version}", version, InterpreterOrigin.Pyenv, "/", executable);
            }
        }
    }

    private static IEnumerable<Interpreter> FindSystem()
    {
        HashSet<string> seen = [];
        foreach (string path in new[] { "/usr/bin/python2", "/usr/bin/python3", "/usr/local/bin/python2", "/usr/local/bin/python3" })
        {
            FileSystemInfo? target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path) : null;
            if (target is not { Exists: true } || !seen.Add(target.FullName))
            {
                continue;
            }

            CommandResult answer = CommandRunner.Run(
                target.FullName, ["-c", "import sys; sys.stdout.write('%d.%d.%d' % sys.version_info[:3])"], TestLimits.Step);
            if (answer.ExitCode == 0 && Version.TryParse(answer.Output, out Version? version) && IsSupported(version))
            {
                yield return Create($"system-{version}", version, InterpreterOrigin.System, "/", target.FullName);
            }
        }
    }

    private static IEnumerable<Interpreter> FindDebian()
    {
        if (!Environment.IsPrivilegedProcess || !Directory.Exists(DebianCache))
        {
            yield break;
        }

        foreach (string root in Directory.EnumerateDirectories(DebianCache, "debian-*"))
        {
            string manifest = Path.Combine(root, "pyflame-interpreter.txt");
            if (!File.Exists(manifest))
            {
                continue;
            }

            Dictionary<string, string> values = File.ReadLines(manifest)
                .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
            Version version = Version.Parse(values["version"]);
            string name = Path.GetFileName(root);
            yield return Create(name, version, InterpreterOrigin.DebianChroot, root, values["executable"]);
            if (values.TryGetValue("shared", out string? shared) && shared.Length > 0)
            {
                yield return Create($"{name}-shared", version, InterpreterOrigin.DebianShared, root, shared);
            }
        }
    }

    private static IEnumerable<Interpreter> FindFreeThreaded()
    {
        const string prefix = "free-threaded-python";
        if (!Directory.Exists(Programs))
        {
            yield break;
        }

        foreach (string folder in Directory.EnumerateDirectories(Programs, prefix + "*"))
        {
            string executable = Path.Combine(folder, "bin", "python");
            yield return Create(
                $"free-threaded-{Path.GetFileName(folder)[prefix.Length..]}", AskVersion(executable), InterpreterOrigin.FreeThreaded, "/", executable);
        }
    }

    private static Version AskVersion(string executable)
    {
        CommandResult answer = CommandRunner.Run(
            executable, ["-E", "-S", "-c", "import sys; sys.stdout.write('%d.%d.%d' % sys.version_info[:3])"], TestLimits.Step);
        return Version.Parse(answer.Output);
    }

    private static Interpreter Create(string name, Version version, InterpreterOrigin origin, string root, string executable)
    {
        string hostPath = root == "/" ? executable : root + executable;
        return new Interpreter(name, version, origin, root, executable, !HasSymbolTable(hostPath));
    }

    private static bool IsSupported(Version version) =>
        version is { Major: 2, Minor: 7 } || (version.Major == 3 && version.Minor >= 6);

    // An ELF64 file's section headers, looked through for the one of type SHT_SYMTAB (elf(5)). Not by the parser that is
    // under test.
    private static bool HasSymbolTable(string path)
    {
        const int symbolTable = 2;
        byte[] file = File.ReadAllBytes(path);
        long headers = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(0x28));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(0x3A));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(0x3C));
        return Enumerable.Range(0, count).Any(
            index => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan((int)headers + (index * size) + 4)) == symbolTable);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
