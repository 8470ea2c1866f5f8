namespace Pyflame.Tests.Python.Snapshots;

/// <summary>A mapped range of a file.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Access">As in <c>/proc/PID/maps</c>: <c>r-x</c>.</param>
/// <param name="FileOffset">Where in the file it begins.</param>
/// <param name="Inode">Tells files apart.</param>
/// <param name="Name">The file's name without its folder.</param>
internal sealed record SnapshotMapping(ulong Start, ulong Length, string Access, ulong FileOffset, ulong Inode, string Name);
