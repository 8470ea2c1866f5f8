namespace Pyflame.Profiles.Export;

/// <summary>
/// What each function cost and what it cost on behalf of whom, for formats that know functions and calls but no stacks. Weights
/// are in sampling intervals.
/// </summary>
/// <remarks>
/// A stack counts once for a function however often the function is on it, and as the cost of one call of each caller: the
/// innermost. So what a function cost itself and what its calls cost add up to what it cost in all, recursion or not.
/// </remarks>
internal sealed class FunctionCosts
{
    private readonly InternTable<ShownFrame> _functions = new();
    private readonly List<long> _totals = [];
    private readonly List<long> _stamps = [];

    /// <summary>Adds up a profile.</summary>
    public FunctionCosts(Profile profile, ExportOptions options)
    {
        var frames = new ShownFrames(profile, options with { FileNames = true });
        StackCounts counts = profile.CountStacks();

        // Threads in the same stack are one walk up that stack.
        var weights = new List<long>();
        for (int index = 0; index < counts.Count; index++)
        {
            StackCount count = counts[index];
            int stack = frames.Show(count.Thread, count.Stack).Value;
            while (weights.Count <= stack)
            {
                weights.Add(0);
            }

            weights[stack] += count.Weight;
        }

        var path = new List<int>();
        for (int stack = 1; stack < weights.Count; stack++)
        {
            if (weights[stack] > 0)
            {
                frames.CopyPath(new StackId(stack), path);
                Add(frames, path, weights[stack], stack);
            }
        }
    }

    /// <summary>How many functions there are.</summary>
    public int Count => _functions.Count;

    /// <summary>The weight of the whole profile.</summary>
    public long TotalWeight { get; private set; }

    /// <summary>While a function's line was running itself.</summary>
    public Dictionary<(int Function, int Line), long> Own { get; } = [];

    /// <summary>While one function, at one line, had called another.</summary>
    public Dictionary<(int Caller, int Line, int Callee), long> Calls { get; } = [];

    /// <summary>A function; its own line number is 0.</summary>
    public ShownFrame this[int function] => _functions[function];

    /// <summary>While the function was anywhere on the stack.</summary>
    public long Total(int function) => _totals[function];

    private void Add(ShownFrames frames, List<int> path, long weight, long stamp)
    {
        TotalWeight += weight;
        int callee = -1;
        for (int depth = path.Count - 1; depth >= 0; depth--)
        {
            ShownFrame frame = frames[path[depth]];
            int function = Intern(frame);
            bool isFirst = _stamps[function] != stamp;
            if (callee < 0)
            {
                (int, int) own = (function, frame.LineNumber);
                Own[own] = Own.GetValueOrDefault(own) + weight;
            }
            else if (isFirst)
            {
                (int, int, int) call = (function, frame.LineNumber, callee);
                Calls[call] = Calls.GetValueOrDefault(call) + weight;
            }

            if (isFirst)
            {
                _stamps[function] = stamp;
                _totals[function] += weight;
            }

            callee = function;
        }
    }

    private int Intern(ShownFrame frame)
    {
        int function = _functions.Intern(frame with { LineNumber = 0 });
        if (function == _totals.Count)
        {
            _totals.Add(0);
            _stamps.Add(0);
        }

        return function;
    }
}
