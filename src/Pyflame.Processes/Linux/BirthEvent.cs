namespace Pyflame.Processes.Linux;

/// <summary>A process was born or has ended.</summary>
/// <param name="ProcessId">The process; 0 where only events were lost.</param>
/// <param name="ParentId">Whose child it is; 0 where it has ended.</param>
/// <param name="WereLost">Whether events before it were lost.</param>
internal readonly record struct BirthEvent(int ProcessId, int ParentId, bool WereLost);
