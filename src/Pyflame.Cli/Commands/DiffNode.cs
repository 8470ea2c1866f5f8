using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>A call of both of two profiles, with its weight in each.</summary>
internal sealed class DiffNode
{
    private readonly Dictionary<CallSite, DiffNode> _children = [];

    private DiffNode(CallSite site) => Site = site;

    /// <summary>What is called; the first line, which moves when code above it changes, is left out.</summary>
    public CallSite Site { get; }

    /// <summary>Its own weight and that of all below it, in samples of the first profile.</summary>
    public long Before { get; private set; }

    /// <summary>The same of the second profile.</summary>
    public long After { get; private set; }

    /// <summary>Its own weight in the first profile.</summary>
    public long OwnBefore { get; private set; }

    /// <summary>Its own weight in the second profile.</summary>
    public long OwnAfter { get; private set; }

    /// <summary>Whom it calls in either profile, by name.</summary>
    public IEnumerable<DiffNode> Children => _children.Values
        .OrderBy(child => child.Site.QualifiedName, StringComparer.Ordinal).ThenBy(child => child.Site.FileName, StringComparer.Ordinal);

    /// <summary>Lays two profiles over each other.</summary>
    public static DiffNode Merge(Profile before, Profile after)
    {
        var root = new DiffNode(default);
        root.Add(CallTree.Build(before, CallTreeMerge.Function), (node, own, total) =>
        {
            node.OwnBefore += own;
            node.Before += total;
        });
        root.Add(CallTree.Build(after, CallTreeMerge.Function), (node, own, total) =>
        {
            node.OwnAfter += own;
            node.After += total;
        });
        return root;
    }

    private void Add(CallTree tree, Action<DiffNode, long, long> add)
    {
        // A caller comes before its callees.
        var nodes = new DiffNode[tree.Count];
        nodes[0] = this;
        add(this, tree.Own(0), tree.Total(0));
        for (int node = 1; node < nodes.Length; node++)
        {
            CallSite site = tree.Sites[tree.Site(node)] with { FirstLineNumber = 0 };
            Dictionary<CallSite, DiffNode> siblings = nodes[tree.Parent(node)]._children;
            if (!siblings.TryGetValue(site, out DiffNode? here))
            {
                here = new DiffNode(site);
                siblings.Add(site, here);
            }

            nodes[node] = here;
            add(here, tree.Own(node), tree.Total(node));
        }
    }
}
