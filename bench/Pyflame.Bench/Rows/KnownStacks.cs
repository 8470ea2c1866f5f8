namespace Pyflame.Bench.Rows;

/// <summary>Which stacks of a program that alternates call chains can be: below <c>main</c> the beginning of one chain.</summary>
/// <param name="chains">The chains, outermost function first.</param>
internal sealed class KnownStacks(params string[][] chains)
{
    private readonly HashSet<string> _names = [.. chains.SelectMany(chain => chain)];

    /// <summary>Of pairs.py.</summary>
    public static KnownStacks Pairs { get; } = new(["a", "b", "leaf"], ["c", "d", "leaf"]);

    /// <summary>Of chains.py.</summary>
    public static KnownStacks Chains { get; } =
        new([.. Enumerable.Range(0, 30).Select(i => $"p{i}")], [.. Enumerable.Range(0, 30).Select(i => $"q{i}")]);

    /// <summary>Whether the program can have had that stack at any moment.</summary>
    /// <param name="functions">Root first.</param>
    public bool IsPossible(ReadOnlySpan<string> functions)
    {
        // The module, or the functions that a thread begins with.
        if (functions is not ["<module>" or "_bootstrap" or "__bootstrap" or "_bootstrap_inner" or "__bootstrap_inner", ..])
        {
            return false;
        }

        int main = functions.IndexOf("main");
        ReadOnlySpan<string> before = main < 0 ? functions : functions[..main];
        foreach (string function in before)
        {
            if (_names.Contains(function))
            {
                return false;
            }
        }

        if (main < 0)
        {
            return true;
        }

        ReadOnlySpan<string> chain = functions[(main + 1)..];
        foreach (string[] known in chains)
        {
            if (chain.Length <= known.Length && chain.SequenceEqual(known.AsSpan(0, chain.Length)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How many functions of a chain a stack has; -1 where it is none of those.</summary>
    public int DepthInChain(ReadOnlySpan<string> functions)
    {
        int main = functions.IndexOf("main");
        return main < 0 || !IsPossible(functions) ? -1 : functions.Length - main - 1;
    }
}
