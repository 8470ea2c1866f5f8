using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Pyflame.Testing;

/// <summary>
/// One real CPython on this machine. Its text is its <see cref="Name"/>, by which xunit carries it from discovery to
/// the run.
/// </summary>
/// <param name="Name">Unique, for test names: <c>pyenv-3.8.18</c>, <c>system-3.11.2</c>, <c>debian-3.14</c>,
/// <c>debian-3.14-shared</c>, <c>free-threaded-3.13</c>.</param>
/// <param name="Version">Major, minor and micro version, as the interpreter itself gave them.</param>
/// <param name="Origin">Where it was found.</param>
/// <param name="Root">The folder that it sees as <c>/</c>; <c>/</c> itself unless it runs under chroot.</param>
/// <param name="Executable">Its path as it sees it, below <paramref name="Root"/>.</param>
/// <param name="IsStripped">Whether the executable has no symbol table (.symtab).</param>
public sealed record Interpreter(
    string Name,
    Version Version,
    InterpreterOrigin Origin,
    string Root,
    string Executable,
    bool IsStripped)
    : IParsable<Interpreter>, IFormattable
{
    // Bytecode is not written, the environment is not asked and site is not imported: a target starts in a tenth of the
    // time, and the same on every machine.
    private static readonly string[] PlainOptions = ["-B", "-E", "-S"];

    /// <summary>Whether it runs under chroot, so that its paths are not ours.</summary>
    public bool IsContained => Root != "/";

    /// <summary>Whether it was built without a GIL.</summary>
    public bool IsFreeThreaded => Origin == InterpreterOrigin.FreeThreaded;

    /// <summary>The path by which we reach what it sees as <paramref name="path"/>.</summary>
    public string ToHostPath(string path) => IsContained ? Root + path : path;

    /// <summary>The whole command that runs the interpreter with <paramref name="arguments"/> and nothing else.</summary>
    public IReadOnlyList<string> CommandLine(params IEnumerable<string> arguments)
    {
        string[] start = IsContained ? ["chroot", Root, Executable] : [Executable];
        return [.. start, .. PlainOptions, .. arguments];
    }

    /// <summary>How to start it with <paramref name="arguments"/>: no variable of ours changes what it does.</summary>
    public ProcessStartInfo StartInfo(params IEnumerable<string> arguments)
    {
        IReadOnlyList<string> command = CommandLine(arguments);
        ProcessStartInfo startInfo = new(command[0], command.Skip(1));
        foreach (string variable in startInfo.Environment.Keys.Where(IsPythonVariable).ToArray())
        {
            startInfo.Environment.Remove(variable);
        }

        return startInfo;
    }

    /// <summary>The interpreter of that name in <see cref="InterpreterCatalog"/>.</summary>
    public static Interpreter Parse(string s, IFormatProvider? provider) => InterpreterCatalog.All.Single(i => i.Name == s);

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse(
        [NotNullWhen(true)] string? s,
        IFormatProvider? provider,
        [MaybeNullWhen(false)] out Interpreter result)
    {
        result = InterpreterCatalog.All.SingleOrDefault(i => i.Name == s);
        return result is not null;
    }

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => Name;

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static bool IsPythonVariable(string name) =>
        name.StartsWith("PYTHON", StringComparison.Ordinal) || name.StartsWith("PYENV", StringComparison.Ordinal);
}
