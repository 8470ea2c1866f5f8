namespace Pyflame.Profiles.Export.Pages;

/// <summary>The boxes of a flame graph: each below its caller's width, and the heaviest callee of a caller leftmost.</summary>
internal sealed class FlameLayout
{
    private readonly CallTree _tree;
    private readonly Comparison<int> _heaviestLast;

    /// <summary>Lays out a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="smallestTotal">Boxes of less weight are left out, and all above them.</param>
    /// <param name="deepest">Boxes of more callers are left out.</param>
    public FlameLayout(CallTree tree, double smallestTotal, int deepest)
    {
        _tree = tree;
        _heaviestLast = CompareHeaviestLast;
        var boxes = new List<FlameBox>();
        var open = new Stack<(int Node, long Start)>();
        var children = new List<int>();
        open.Push((0, 0));
        while (open.TryPop(out (int Node, long Start) next))
        {
            int depth = tree.Depth(next.Node);
            boxes.Add(new FlameBox(tree.Site(next.Node), depth, next.Start, tree.Total(next.Node), tree.Own(next.Node)));
            Deepest = Math.Max(Deepest, depth);
            children.Clear();
            for (int child = tree.FirstChild(next.Node); child != 0; child = tree.NextSibling(child))
            {
                if (tree.Total(child) < smallestTotal || tree.Total(child) <= 0)
                {
                    TooSmall++;
                }
                else if (depth == deepest)
                {
                    TooDeep++;
                }
                else
                {
                    children.Add(child);
                }
            }

            // The heaviest is pushed last and so is drawn first, leftmost.
            children.Sort(_heaviestLast);
            long end = next.Start + children.Sum(tree.Total);
            foreach (int child in children)
            {
                end -= tree.Total(child);
                open.Push((child, end));
            }
        }

        Boxes = boxes;
    }

    /// <summary>Callers before their callees, and then from left to right.</summary>
    public IReadOnlyList<FlameBox> Boxes { get; }

    /// <summary>The depth of the deepest box.</summary>
    public int Deepest { get; }

    /// <summary>How many callees were left out for their weight, those that they called not counted.</summary>
    public int TooSmall { get; }

    /// <summary>How many callees were left out for their depth, those that they called not counted.</summary>
    public int TooDeep { get; }

    private int CompareHeaviestLast(int a, int b)
    {
        int order = _tree.Total(a).CompareTo(_tree.Total(b));
        if (order != 0)
        {
            return order;
        }

        CallSite siteA = _tree.Sites[_tree.Site(a)];
        CallSite siteB = _tree.Sites[_tree.Site(b)];
        order = string.CompareOrdinal(siteB.QualifiedName, siteA.QualifiedName);
        order = order != 0 ? order : string.CompareOrdinal(siteB.FileName, siteA.FileName);
        return order != 0 ? order : siteB.LineNumber.CompareTo(siteA.LineNumber);
    }
}
