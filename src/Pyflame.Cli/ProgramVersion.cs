using System.Reflection;

namespace Pyflame.Cli;

/// <summary>Which Pyflame this is.</summary>
internal static class ProgramVersion
{
    /// <summary>Its version, such as <c>2.0.0</c>.</summary>
    public static string Number => Split().Number;

    /// <summary>The line that <c>pyflame -v</c> writes, as scripts look for it.</summary>
    public static string Line => Describe(Informational());

    /// <summary>That line for the version that the build left in the assembly: <c>2.0.0</c>, or <c>2.0.0+HASH</c>.</summary>
    public static string Describe(string informational)
    {
        (string number, string? commit) = Split(informational);
        string shown = commit is null ? number : $"{number} (commit {commit})";
        return $"pyflame {shown} linux-gnu x86_64 (ABI list: {string.Join(' ', PythonAbi.Numbers)})";
    }

    private static string Informational() =>
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    private static (string Number, string? Commit) Split() => Split(Informational());

    private static (string Number, string? Commit) Split(string informational)
    {
        int plus = informational.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? (informational, null) : (informational[..plus], informational[(plus + 1)..]);
    }
}
