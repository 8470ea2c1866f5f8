namespace Pyflame.Testing;

/// <summary>Programs of Debian's that <c>scripts/interpreters.sh --program</c> has unpacked, each into a root folder of its own.</summary>
public static class UnpackedPrograms
{
    /// <summary>Why a program is not there, for the tests that are skipped then.</summary>
    public const string Missing = "Debian's package was not unpacked; ./build.sh interpreters says why.";

    /// <summary>The root folder of a program; null where it is not there, or we may not use it.</summary>
    /// <param name="package">Debian's name.</param>
    public static string? RootOf(string package)
    {
        string root = Path.Combine(InterpreterCatalog.Programs, package);
        return Environment.IsPrivilegedProcess && Directory.Exists(root) ? root : null;
    }

    /// <summary>The interpreter that <c>scripts/source_python.sh</c> has compiled; null where it is not there.</summary>
    public static Interpreter? MuslBuild()
    {
        string executable = Path.Combine(InterpreterCatalog.Programs, "musl-python3.13", "bin", "python");
        if (!File.Exists(executable))
        {
            return null;
        }

        CommandResult answer = CommandRunner.Run(
            executable, ["-E", "-S", "-c", "import sys; sys.stdout.write('%d.%d.%d' % sys.version_info[:3])"], TestLimits.Step);
        Assert.Equal(0, answer.ExitCode);
        return new Interpreter("musl-3.13", Version.Parse(answer.Output), InterpreterOrigin.System, "/", executable, false);
    }

    /// <summary>Debian's build <c>--with-pydebug</c> of a version; null where it is not there.</summary>
    /// <param name="version">Major and minor, as <c>3.13</c>.</param>
    public static Interpreter? DebugBuild(string version)
    {
        if (RootOf($"python{version}-dbg") is not { } root)
        {
            return null;
        }

        string executable = $"/usr/bin/python{version}-dbg";
        CommandResult answer = CommandRunner.Run(
            "chroot",
            [root, executable, "-E", "-S", "-c", "import sys; sys.gettotalrefcount(); sys.stdout.write('%d.%d.%d' % sys.version_info[:3])"],
            TestLimits.Step);
        Assert.Equal(0, answer.ExitCode);
        return new Interpreter($"debian-{version}-debug", Version.Parse(answer.Output), InterpreterOrigin.DebianChroot, root, executable, true);
    }
}
