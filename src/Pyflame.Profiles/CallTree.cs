namespace Pyflame.Profiles;

/// <summary>Who called whom, with the time of each node. Node 0 is the root, the profile as a whole.</summary>
/// <remarks>A node's index is smaller than those of its callees. Weights are in sampling intervals.</remarks>
public sealed class CallTree
{
    private readonly StackTable _nodes;
    private readonly long[] _own;
    private readonly long[] _total;
    private readonly int[] _firstChild;
    private readonly int[] _nextSibling;
    private readonly List<CallSite> _sites;

    private CallTree(StackTable nodes, List<CallSite> sites, long[] own)
    {
        _nodes = nodes;
        _sites = sites;
        _own = own;
        _total = (long[])own.Clone();
        _firstChild = new int[own.Length];
        _nextSibling = new int[own.Length];

        // Backwards, so that callees are added up before their caller, and lists end up in the order of first appearance.
        for (int node = own.Length - 1; node > 0; node--)
        {
            int parent = Parent(node);
            _total[parent] += _total[node];
            _nextSibling[node] = _firstChild[parent];
            _firstChild[parent] = node;
        }
    }

    /// <summary>How many nodes there are, the root included.</summary>
    public int Count => _own.Length;

    /// <summary>What nodes stand for, each once.</summary>
    public IReadOnlyList<CallSite> Sites => _sites;

    /// <summary>The weight of the whole profile.</summary>
    public long TotalWeight => _total[0];

    /// <summary>Builds the tree of a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="merge">What counts as one node.</param>
    /// <param name="byThread">Whether each thread's calls hang below a node of its own.</param>
    /// <param name="byProcess">Whether each process's calls hang below a node of its own.</param>
    public static CallTree Build(Profile profile, CallTreeMerge merge, bool byThread = false, bool byProcess = false)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var sites = new InternTable<CallSite>();
        bool threads = byThread || merge == CallTreeMerge.Thread;
        var projection = new StackProjection(
            profile,
            frame => sites.Intern(SiteOf(profile, frame, merge)),
            threads || byProcess ? thread => RootSites(profile, thread, threads, byProcess, sites) : null);

        StackCounts counts = profile.CountStacks();
        var weights = new List<(StackId Node, long Weight)>(counts.Count);
        for (int index = 0; index < counts.Count; index++)
        {
            StackCount count = counts[index];
            StackId stack = merge == CallTreeMerge.Thread ? StackId.Empty : count.Stack;
            StackId node = projection.Project(count.Thread, stack);
            weights.Add((node, count.Weight));
        }

        StackTable nodes = projection.Stacks;
        int[]? folded = null;
        if (merge == CallTreeMerge.Module)
        {
            (nodes, folded) = FoldRepeats(nodes);
        }

        var own = new long[nodes.Count];
        foreach ((StackId node, long weight) in weights)
        {
            own[folded is null ? node.Value : folded[node.Value]] += weight;
        }

        return new CallTree(nodes, [.. Enumerable.Range(0, sites.Count).Select(index => sites[index])], own);
    }

    /// <summary>The caller's node; the root for the root.</summary>
    public int Parent(int node) => _nodes.Parent(new StackId(node)).Value;

    /// <summary>How many callers the node has, the root not counted; 0 for the root.</summary>
    public int Depth(int node) => _nodes.Depth(new StackId(node));

    /// <summary>The first callee; 0 where there is none.</summary>
    public int FirstChild(int node) => _firstChild[node];

    /// <summary>The next callee of the same caller; 0 where there is none.</summary>
    public int NextSibling(int node) => _nextSibling[node];

    /// <summary>What the node stands for, as an index in <see cref="Sites"/>; -1 for the root.</summary>
    public int Site(int node) => _nodes.Frame(new StackId(node)).Value;

    /// <summary>The time while this node was the leaf.</summary>
    public long Own(int node) => _own[node];

    /// <summary>The time of the node and all below it.</summary>
    public long Total(int node) => _total[node];

    /// <summary>The time of each site over the whole tree, by site; a site that calls itself counts once a stack.</summary>
    public CallSiteTotal[] SumBySite()
    {
        var own = new long[_sites.Count];
        var total = new long[_sites.Count];
        var depthOnPath = new int[_sites.Count];
        int node = 0;
        while (true)
        {
            if (_firstChild[node] != 0)
            {
                node = _firstChild[node];
            }
            else
            {
                while (node != 0 && _nextSibling[node] == 0)
                {
                    depthOnPath[Site(node)]--;
                    node = Parent(node);
                }

                if (node == 0)
                {
                    break;
                }

                depthOnPath[Site(node)]--;
                node = _nextSibling[node];
            }

            int site = Site(node);
            own[site] += _own[node];
            if (depthOnPath[site]++ == 0)
            {
                total[site] += _total[node];
            }
        }

        return [.. Enumerable.Range(0, own.Length).Select(site => new CallSiteTotal(site, own[site], total[site]))];
    }

    private static CallSite SiteOf(Profile profile, FrameInfo frame, CallTreeMerge merge)
    {
        FunctionInfo function = profile.Functions[frame.Function];
        string file = profile.Strings[function.FileName];
        if (merge == CallTreeMerge.Module && file.Length > 0)
        {
            return new CallSite(frame.Kind, file, file, file, 0, 0);
        }

        return new CallSite(
            frame.Kind, profile.Strings[function.Name], profile.Strings[function.QualifiedName], file,
            function.FirstLineNumber, merge == CallTreeMerge.Line ? frame.LineNumber : 0);
    }

    private static int[] RootSites(
        Profile profile, ProfiledThread thread, bool byThread, bool byProcess, InternTable<CallSite> sites)
    {
        var roots = new List<int>();
        if (byProcess)
        {
            roots.Add(Intern(FrameKind.Process, profile.Processes[thread.ProcessIndex].Label));
        }

        if (byThread)
        {
            roots.Add(Intern(FrameKind.Thread, thread.Label));
        }

        return [.. roots];

        int Intern(FrameKind kind, string name) => sites.Intern(new CallSite(kind, name, name, string.Empty, 0, 0));
    }

    // A module that calls itself is one node, not a tower of them.
    private static (StackTable Nodes, int[] Folded) FoldRepeats(StackTable nodes)
    {
        var folded = new StackTable();
        var map = new int[nodes.Count];
        for (int node = 1; node < map.Length; node++)
        {
            FrameId site = nodes.Frame(new StackId(node));
            var parent = new StackId(map[nodes.Parent(new StackId(node)).Value]);
            map[node] = folded.Frame(parent) == site ? parent.Value : folded.Intern(parent, site).Value;
        }

        return (folded, map);
    }
}
