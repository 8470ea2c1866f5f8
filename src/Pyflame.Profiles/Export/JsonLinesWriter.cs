namespace Pyflame.Profiles.Export;

/// <summary>
/// A JSON object a line, described in docs/json-lines.md: the circumstances, then processes, threads, frames and stacks, each in
/// front of the first line that refers to it, and the samples in time order. Written and read in bounded memory.
/// </summary>
public sealed class JsonLinesWriter : IProfileWriter
{
    /// <inheritdoc/>
    public string Name => "json-lines";

    /// <inheritdoc/>
    public string Description => "a JSON object a line, for scripts; described in docs/json-lines.md";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".jsonl", ".ndjson"];

    /// <inheritdoc/>
    public bool NeedsTimeOrder => false;

    /// <inheritdoc/>
    public bool GroupsByProcess => true;

    /// <inheritdoc/>
    public void Write(Profile profile, Stream destination, ExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var lines = new JsonLinesSink(profile, destination, options);
        if (profile.Samples is not null)
        {
            foreach (Sample sample in profile.Samples)
            {
                lines.Add(sample);
            }
        }
        else
        {
            StackCounts counts = profile.CountStacks();
            for (int index = 0; index < counts.Count; index++)
            {
                lines.Add(counts[index]);
            }
        }

        lines.Complete();
    }
}
