namespace Pyflame.Processes;

/// <summary>Whether processes can be looked at, why not, and what to do about it.</summary>
/// <param name="CanAttach">
/// Whether the process can be looked at; where none was named, whether processes of our own user that we did not start can be.
/// </param>
/// <param name="Summary">The same in one sentence; where it cannot, with the reason.</param>
/// <param name="Checks">
/// The checks, in the order in which the system asks. Where a process cannot be looked at, at least one of them blocks, and the first
/// that does is the reason that <see cref="TargetProcess.Attach"/> gives.
/// </param>
/// <param name="Remedies">The ways to be let in, the simplest first; empty where there is none, or none is needed.</param>
public sealed record AttachReport(
    bool CanAttach, string Summary, IReadOnlyList<AttachCheck> Checks, IReadOnlyList<AttachRemedy> Remedies);
