using System.Globalization;
using Pyflame.Recording;

namespace Pyflame.Tests.Python.Snapshots;

/// <summary>A Python thread.</summary>
/// <param name="PthreadId"><c>threading.get_ident()</c>.</param>
/// <param name="OsThreadId">The kernel's id.</param>
/// <param name="Name">Its name in Python.</param>
/// <param name="Frames">The stack, innermost first: <c>qualified.name file:line</c>.</param>
internal sealed record SnapshotThread(ulong PthreadId, int OsThreadId, string? Name, IReadOnlyList<string> Frames)
{
    /// <summary>A dump in the same form.</summary>
    public static SnapshotThread Of(ThreadDump dump) => new(
        dump.PthreadId,
        dump.OsThreadId,
        dump.Name,
        [.. dump.Frames.Select(frame => Frame(frame.QualifiedName, frame.FileName, frame.Line))]);

    /// <summary>A frame as it is written down.</summary>
    public static string Frame(string qualifiedName, string file, int line) =>
        string.Create(CultureInfo.InvariantCulture, $"{qualifiedName} {file}:{line}");
}
