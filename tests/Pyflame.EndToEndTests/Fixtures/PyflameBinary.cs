using System.Diagnostics;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>The published native binary, run as a user runs it.</summary>
public static class PyflameBinary
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>
    /// The path of <c>dist/pyflame</c>: the environment's <c>PYFLAME_BINARY</c>, else that of the tree that these tests
    /// were built in.
    /// </summary>
    public static string Location => Found.Value;

    /// <summary>Runs it to its end, with an empty standard input.</summary>
    public static CommandResult Run(params IEnumerable<string> arguments) =>
        CommandRunner.Run(StartInfo(arguments), TestLimits.Step);

    /// <summary>How to start it; the caller redirects what it needs.</summary>
    public static ProcessStartInfo StartInfo(params IEnumerable<string> arguments) => new(Location, arguments);

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("PYFLAME_BINARY") is { Length: > 0 } named)
        {
            return named;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "dist", "pyflame");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException("There is no dist/pyflame; ./build.sh publish makes it.");
    }
}
