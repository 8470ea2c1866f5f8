namespace Pyflame.Profiles.Export;

/// <summary>Writes a profile in one format.</summary>
public interface IProfileWriter
{
    /// <summary>The name the format is asked for by, in lower case, such as <c>speedscope</c>.</summary>
    public string Name { get; }

    /// <summary>What it is and what opens it, in one line for the help.</summary>
    public string Description { get; }

    /// <summary>
    /// The endings of file names that ask for this format, each with its dot and in lower case, the usual one first, such as
    /// <c>.speedscope.json</c>. No two writers share one.
    /// </summary>
    public IReadOnlyList<string> FileEndings { get; }

    /// <summary>Whether it needs the samples in time order and cannot be written from counts.</summary>
    public bool NeedsTimeOrder { get; }

    /// <summary>
    /// Whether it keeps the threads of each process apart by itself, or knows no stacks: a frame for each process has no place in it then.
    /// </summary>
    public bool GroupsByProcess => false;

    /// <summary>Writes the profile.</summary>
    /// <param name="profile">The profile; not changed.</param>
    /// <param name="destination">Where to; left open, and not necessarily able to seek.</param>
    /// <param name="options">How names are shown.</param>
    /// <exception cref="ProfileFormatException">The profile does not hold what the format needs.</exception>
    /// <exception cref="IOException">The destination cannot be written.</exception>
    public void Write(Profile profile, Stream destination, ExportOptions options);
}
