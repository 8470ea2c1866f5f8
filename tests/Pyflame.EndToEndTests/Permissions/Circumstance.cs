namespace Pyflame.EndToEndTests.Permissions;

/// <summary>Rights that a target has and Pyflame lacks, or namespaces between them, and what must come of it.</summary>
/// <param name="Name">In a few words, for the table of the documentation.</param>
/// <param name="Memory">How the memory is read then; null where the process is refused.</param>
/// <param name="Reason">What is said where it is refused; <c>{0}</c> stands for the process.</param>
public sealed record Circumstance(string Name, string? Memory, string? Reason = null)
{
    /// <summary>Makes the command that starts the target so; null for the plain command.</summary>
    public Func<IReadOnlyList<string>, IReadOnlyList<string>>? Target { get; init; }

    /// <summary>Makes the command that starts Pyflame so, for a process; null for the plain command.</summary>
    public Func<int, IReadOnlyList<string>, IReadOnlyList<string>>? Pyflame { get; init; }

    /// <summary>An argument of the target, <c>Targets/wait.py</c>; null for none.</summary>
    public string? Argument { get; init; }

    /// <summary>Whether the target is a child of the program that was started first.</summary>
    public bool IsChild { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
