namespace Pyflame.Profiles.Export.Pages;

/// <summary>One box of a flame graph.</summary>
/// <param name="Site">What it stands for, as an index in <see cref="CallTree.Sites"/>; -1 for the root.</param>
/// <param name="Depth">0 for the root.</param>
/// <param name="Start">Where it begins, in intervals from the left edge.</param>
/// <param name="Total">Its width in intervals.</param>
/// <param name="Own">The part of it in which nothing was called.</param>
internal readonly record struct FlameBox(int Site, int Depth, long Start, long Total, long Own);
