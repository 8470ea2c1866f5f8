namespace Pyflame.Profiles.Export;

/// <summary>A frame as a format shows it.</summary>
/// <param name="Kind">What sort of frame.</param>
/// <param name="Name">Its name.</param>
/// <param name="FileName">Its file; empty where there is none or it is not shown.</param>
/// <param name="FirstLineNumber">Where its function begins; 0 where that is unknown or not shown.</param>
/// <param name="LineNumber">The line that it stood at; 0 where that is unknown or not shown.</param>
internal readonly record struct ShownFrame(
    FrameKind Kind, string Name, string FileName, int FirstLineNumber, int LineNumber);
