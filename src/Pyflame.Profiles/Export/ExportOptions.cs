namespace Pyflame.Profiles.Export;

/// <summary>How a profile is shown.</summary>
public sealed record ExportOptions
{
    /// <summary>As it was recorded: with files and lines.</summary>
    public static ExportOptions Default { get; } = new();

    /// <summary>Whether lines are told apart; without, the lines of a function count as one.</summary>
    public bool LineNumbers { get; init; } = true;

    /// <summary>Whether files are shown; without, a frame is its function's name alone, and lines are left out as well.</summary>
    public bool FileNames { get; init; } = true;

    /// <summary>Whether functions go by their qualified name, <c>Server.handle</c>, rather than by <c>handle</c>.</summary>
    public bool QualifiedNames { get; init; }

    /// <summary>Whether each thread's stacks stand on a frame with the thread's name.</summary>
    public bool ThreadFrames { get; init; }

    /// <summary>Whether each process's stacks stand on a frame with its PID and command.</summary>
    public bool ProcessFrames { get; init; }

    /// <summary>A title for formats that have one; null for one made from the profile.</summary>
    public string? Title { get; init; }

    /// <summary>Whether flame graphs hang from their root, like icicles, rather than stand on it.</summary>
    public bool Icicle { get; init; }

    /// <summary>
    /// Opens a source file by the name the target has for it, for formats that show sources; null for a file that cannot be
    /// opened. The writer closes the stream. Null to leave sources out.
    /// </summary>
    public Func<string, Stream?>? OpenSource { get; init; }
}
