namespace Pyflame.Processes;

/// <summary>A process of a <see cref="ProcessTree"/>.</summary>
/// <param name="ProcessId">The process, in our PID namespace.</param>
/// <param name="ParentProcessId">Its parent when it was found.</param>
/// <param name="StartTimeTicks">
/// When it was started, in clock ticks since boot; together with the PID it names the process for good.
/// </param>
public sealed record TreeProcess(int ProcessId, int ParentProcessId, ulong StartTimeTicks);
