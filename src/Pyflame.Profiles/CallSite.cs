namespace Pyflame.Profiles;

/// <summary>What a node of a <see cref="CallTree"/> stands for, in texts.</summary>
/// <param name="Kind">What sort of frame; <see cref="FrameKind.Thread"/> for a thread.</param>
/// <param name="Name">The function's name, or the thread's or file's where those are merged.</param>
/// <param name="QualifiedName">The function's qualified name, else the same as the name.</param>
/// <param name="FileName">The file; empty where there is none.</param>
/// <param name="FirstLineNumber">Where the function begins; 0 where unknown.</param>
/// <param name="LineNumber">The line, where lines are told apart; else 0.</param>
public readonly record struct CallSite(
    FrameKind Kind, string Name, string QualifiedName, string FileName, int FirstLineNumber, int LineNumber);
