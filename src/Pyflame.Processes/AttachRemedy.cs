namespace Pyflame.Processes;

/// <summary>One way to be let into a process; any one of those that are listed does.</summary>
/// <param name="Situation">When or where it is done, in a few words: <c>as root</c>, <c>Docker Compose</c>.</param>
/// <param name="Command">The command, the line of a manifest or the line of a program.</param>
public sealed record AttachRemedy(string Situation, string Command);
