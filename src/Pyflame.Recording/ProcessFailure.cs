namespace Pyflame.Recording;

/// <summary>A process of a tree that could not be sampled.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="CommandLine">Its command line, words separated by spaces; empty where it was gone before anyone read it.</param>
/// <param name="Reason">Why not, one sentence.</param>
public sealed record ProcessFailure(int ProcessId, string CommandLine, string Reason);
