using System.Globalization;

namespace Pyflame.EndToEndTests;

/// <summary>Collapsed stacks, read back the way <c>flamegraph.pl</c> reads them.</summary>
public static class CollapsedOutput
{
    /// <summary>The stacks, each with its frames root first, and how often each was seen. Fails on anything else.</summary>
    public static IReadOnlyDictionary<string, long> Parse(string text)
    {
        if (text.Length == 0)
        {
            return new Dictionary<string, long>();
        }

        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Dictionary<string, long> stacks = new(StringComparer.Ordinal);
        foreach (string line in text[..^1].Split('\n'))
        {
            int space = line.LastIndexOf(' ');
            Assert.True(space > 0, $"'{line}' has no count");
            long count = long.Parse(line.AsSpan(space + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            Assert.True(count >= 1, $"'{line}' was never seen");
            Assert.True(stacks.TryAdd(line[..space], count), $"'{line[..space]}' stands there twice");
        }

        return stacks;
    }
}
