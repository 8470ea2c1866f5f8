namespace Pyflame.Profiles.Export.Pages;

/// <summary>A frame on a page.</summary>
/// <param name="Function">The index of its function in <see cref="PageFrames.Function"/>.</param>
/// <param name="LineNumber">Its line; 0 where unknown.</param>
internal readonly record struct PageFrame(int Function, int LineNumber);
