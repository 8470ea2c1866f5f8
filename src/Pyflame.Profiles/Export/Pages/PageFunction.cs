namespace Pyflame.Profiles.Export.Pages;

/// <summary>A function on a page.</summary>
/// <param name="Kind">What sort of frames it has.</param>
/// <param name="Name">Its name.</param>
/// <param name="QualifiedName">Its name with that of its class.</param>
/// <param name="File">The index of its file in <see cref="PageFrames.File"/>.</param>
/// <param name="FirstLineNumber">Where it begins; 0 where unknown.</param>
internal readonly record struct PageFunction(FrameKind Kind, string Name, string QualifiedName, int File, int FirstLineNumber);
