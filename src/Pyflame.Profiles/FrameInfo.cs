namespace Pyflame.Profiles;

/// <summary>A function and the place in it where it stood.</summary>
/// <param name="Function">The function.</param>
/// <param name="LineNumber">The line in the function's file, counted from 1; 0 where unknown.</param>
/// <param name="Kind">What the frame stands for.</param>
public readonly record struct FrameInfo(FunctionId Function, int LineNumber, FrameKind Kind);
