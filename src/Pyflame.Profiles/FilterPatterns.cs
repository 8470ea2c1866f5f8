namespace Pyflame.Profiles;

/// <summary>What samples must have, and must not have, to count. Patterns are described at <see cref="NamePattern"/>.</summary>
/// <param name="Wanted">A frame that matches one of these; any where it is empty.</param>
/// <param name="Unwanted">No frame that matches one of these.</param>
/// <param name="Threads">A thread that matches one of these; any where it is empty.</param>
public sealed record FilterPatterns(IReadOnlyList<string> Wanted, IReadOnlyList<string> Unwanted, IReadOnlyList<string> Threads)
{
    /// <summary>Whether every sample counts.</summary>
    public bool AreEmpty => Wanted.Count + Unwanted.Count + Threads.Count == 0;
}
