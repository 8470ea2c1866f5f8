namespace Pyflame.Processes;

/// <summary>One thing that decides whether a process can be looked at.</summary>
/// <param name="Name">What was checked, in a word or two.</param>
/// <param name="Status">What was found.</param>
/// <param name="Finding">What was found, one sentence with its full stop.</param>
/// <param name="Remedy">
/// The command or the line of a manifest that changes it; null where there is nothing to change.
/// </param>
public sealed record AttachCheck(string Name, CheckStatus Status, string Finding, string? Remedy);
