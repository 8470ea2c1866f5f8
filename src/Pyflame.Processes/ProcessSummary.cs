namespace Pyflame.Processes;

/// <summary>What any user may know of a process without looking into it.</summary>
/// <param name="ProcessId">Its id in our PID namespace.</param>
/// <param name="CommandLine">Its command line, the program's own name first; never empty.</param>
/// <param name="ThreadCount">How many OS threads it has.</param>
/// <param name="Age">How long ago it was started.</param>
public sealed record ProcessSummary(int ProcessId, IReadOnlyList<string> CommandLine, int ThreadCount, TimeSpan Age);
