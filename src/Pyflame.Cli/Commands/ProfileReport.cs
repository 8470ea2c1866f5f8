using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>Where the time of a profile went.</summary>
internal sealed class ProfileReport
{
    private readonly CallTree _functions;

    /// <summary>Adds up a profile.</summary>
    public ProfileReport(Profile profile)
    {
        Profile = profile;
        _functions = CallTree.Build(profile, CallTreeMerge.Function);
        CallTree lines = CallTree.Build(profile, CallTreeMerge.Line);
        Functions = Sort(_functions);
        Lines = Sort(lines);
        Processes = SumByProcess(profile);
    }

    /// <summary>The profile.</summary>
    public Profile Profile { get; }

    /// <summary>The weight of the whole profile, in samples.</summary>
    public long TotalWeight => _functions.TotalWeight;

    /// <summary>What a sample stands for; zero where the profile does not say.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds(Profile.Circumstances.IntervalNanoseconds / 1e9);

    /// <summary>The functions, by own time and then by total, the hottest first.</summary>
    public IReadOnlyList<ReportRow> Functions { get; }

    /// <summary>The same for lines.</summary>
    public IReadOnlyList<ReportRow> Lines { get; }

    /// <summary>The processes that have samples, the busiest first.</summary>
    public IReadOnlyList<(ProfiledProcess Process, long Weight)> Processes { get; }

    /// <summary>Who calls a function, and whom it calls.</summary>
    /// <param name="name">Its name, its qualified name, or <c>file:name</c> with the end of the file's path.</param>
    /// <returns>Null where there is none of that name.</returns>
    public FunctionReport? Find(string name)
    {
        bool[] isMeant = [.. _functions.Sites.Select(site => Matches(site, name))];
        if (!isMeant.Contains(true))
        {
            return null;
        }

        // Per node: who called the outermost of the function's frames on the way to it, and whom the innermost one called.
        var caller = new int[_functions.Count];
        var callee = new int[_functions.Count];
        const int None = -2;
        const int Itself = -1;
        caller[0] = callee[0] = None;
        var callers = new Dictionary<int, long>();
        var callees = new Dictionary<int, long>();
        long own = 0;
        long total = 0;
        for (int node = 1; node < _functions.Count; node++)
        {
            int parent = _functions.Parent(node);
            int site = _functions.Site(node);
            caller[node] = caller[parent] != None ? caller[parent] : isMeant[site] ? _functions.Site(parent) : None;
            callee[node] = isMeant[site] ? Itself : callee[parent] == Itself ? site : callee[parent];
            long weight = _functions.Own(node);
            if (caller[node] == None || weight == 0)
            {
                continue;
            }

            total += weight;
            callers[caller[node]] = callers.GetValueOrDefault(caller[node]) + weight;
            if (callee[node] == Itself)
            {
                own += weight;
            }
            else
            {
                callees[callee[node]] = callees.GetValueOrDefault(callee[node]) + weight;
            }
        }

        return new FunctionReport(
            [.. _functions.Sites.Where((_, index) => isMeant[index])], own, total, Sort(callers), Sort(callees));
    }

    private static List<(ProfiledProcess Process, long Weight)> SumByProcess(Profile profile)
    {
        var weights = new long[profile.Processes.Count];
        StackCounts counts = profile.CountStacks();
        for (int index = 0; index < counts.Count; index++)
        {
            // What is said of no thread is of no process.
            int thread = counts[index].Thread.Value;
            int process = thread < profile.Threads.Count ? profile.Threads[thread].ProcessIndex : -1;
            if (process >= 0 && process < weights.Length)
            {
                weights[process] += counts[index].Weight;
            }
        }

        return
        [
            .. profile.Processes.Zip(weights)
                .Where(static process => process.Second > 0)
                .OrderByDescending(static process => process.Second).ThenBy(static process => process.First.ProcessId),
        ];
    }

    private static bool Matches(CallSite site, string name)
    {
        if (site.Name == name || site.QualifiedName == name)
        {
            return true;
        }

        int colon = name.LastIndexOf(':');
        return colon > 0 && (site.Name == name[(colon + 1)..] || site.QualifiedName == name[(colon + 1)..])
            && ("/" + site.FileName).EndsWith("/" + name[..colon].TrimStart('/'), StringComparison.Ordinal);
    }

    private static List<ReportRow> Sort(CallTree tree) =>
    [
        .. tree.SumBySite()
            .Where(sum => sum.Total > 0)
            .Select(sum => new ReportRow(tree.Sites[sum.Site], sum.Own, sum.Total))
            .OrderByDescending(row => row.Own).ThenByDescending(row => row.Total)
            .ThenBy(row => row.Site.FileName, StringComparer.Ordinal).ThenBy(row => row.Site.Name, StringComparer.Ordinal)
            .ThenBy(row => row.Site.LineNumber),
    ];

    // The site of the root is -1: nobody called.
    private List<CallWeight> Sort(Dictionary<int, long> weights) =>
    [
        .. weights
            .Select(pair => new CallWeight(pair.Key < 0 ? null : _functions.Sites[pair.Key], pair.Value))
            .OrderByDescending(call => call.Weight).ThenBy(call => call.Site?.Name, StringComparer.Ordinal),
    ];
}
