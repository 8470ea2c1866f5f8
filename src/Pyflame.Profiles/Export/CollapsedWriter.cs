using System.Text;

namespace Pyflame.Profiles.Export;

/// <summary>
/// Classic Pyflame's own output, which <c>flamegraph.pl</c> reads: a line a distinct stack, its frames root first and separated
/// by semicolons, then a space and its weight. In UTF-8, in the order of the frames' texts, and no stack twice.
/// </summary>
public sealed class CollapsedWriter : IProfileWriter
{
    /// <inheritdoc/>
    public string Name => "collapsed";

    /// <inheritdoc/>
    public string Description => "collapsed stacks, a line a stack with its count, for flamegraph.pl and its like";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".collapsed", ".folded", ".txt"];

    /// <inheritdoc/>
    public bool NeedsTimeOrder => false;

    /// <inheritdoc/>
    public void Write(Profile profile, Stream destination, ExportOptions options)
    {
        var stacks = new CollapsedStacks(profile, options);
        var weights = new List<long>(profile.Stacks.Count);
        StackCounts counts = profile.CountStacks();
        for (int index = 0; index < counts.Count; index++)
        {
            StackCount count = counts[index];
            int stack = stacks.Collapse(count.Thread, count.Stack).Value;
            while (weights.Count <= stack)
            {
                weights.Add(0);
            }

            weights[stack] += count.Weight;
        }

        using var writer = new StreamWriter(destination, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        stacks.Write(writer, weights);
    }
}
