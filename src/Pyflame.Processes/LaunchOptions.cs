using System.Runtime.InteropServices;

namespace Pyflame.Processes;

/// <summary>What to run.</summary>
/// <param name="Command">
/// The program and its arguments, passed on as they are. A program without a slash is looked for in <c>PATH</c>.
/// </param>
public sealed record LaunchOptions(IReadOnlyList<string> Command)
{
    /// <summary>
    /// Where its standard output and error go, and it has an empty standard input then; null for our own three streams. The caller's to
    /// close once it was launched.
    /// </summary>
    public SafeHandle? Output { get; init; }

    /// <summary>
    /// Whether those of its descendants that lose their parent become our children, instead of those of the system's first process
    /// (<c>PR_SET_CHILD_SUBREAPER</c>, prctl(2)), for as long as its <see cref="ProcessTree"/> is open: so they are found, and may be read
    /// where only one's own descendants may.
    /// </summary>
    public bool AdoptOrphans { get; init; }
}
