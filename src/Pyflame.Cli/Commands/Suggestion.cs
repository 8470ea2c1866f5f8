using Pyflame.Profiles.Export;

namespace Pyflame.Cli.Commands;

/// <summary>What a mistyped word was meant to be.</summary>
internal static class Suggestion
{
    /// <summary>The likest of the words that there are; null where none is like it.</summary>
    public static string? For(string typed, IEnumerable<string> known) => known
        .Select(word => (word, distance: EditDistance.Between(typed, word)))
        .Where(pair => pair.distance <= Math.Max(1, pair.word.Length / 3)
            || (typed.Length >= 3 && pair.word.StartsWith(typed, StringComparison.Ordinal)))
        .OrderBy(pair => pair.distance)
        .Select(pair => pair.word)
        .FirstOrDefault();
}
