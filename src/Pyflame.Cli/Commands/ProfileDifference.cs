using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>What changed from one profile to another, function by function.</summary>
internal sealed class ProfileDifference
{
    /// <summary>Compares two profiles.</summary>
    public ProfileDifference(Profile before, Profile after)
    {
        Before = before;
        After = after;
        Root = DiffNode.Merge(before, after);
        Dictionary<CallSite, CallSiteTotal> old = Sum(before);
        Dictionary<CallSite, CallSiteTotal> recent = Sum(after);
        Functions =
        [
            .. old.Keys.Union(recent.Keys)
                .Select(site => Row(site, old.GetValueOrDefault(site), recent.GetValueOrDefault(site)))
                .Where(row => row.Total.Before > 0 || row.Total.After > 0)
                .OrderByDescending(row => Math.Abs(row.Own.Difference)).ThenByDescending(row => Math.Abs(row.Total.Difference))
                .ThenByDescending(row => row.Own.Before + row.Own.After).ThenByDescending(row => row.Total.Before + row.Total.After)
                .ThenBy(row => row.Site.FileName, StringComparer.Ordinal).ThenBy(row => row.Site.QualifiedName, StringComparer.Ordinal),
        ];
    }

    /// <summary>The first profile.</summary>
    public Profile Before { get; }

    /// <summary>The second profile.</summary>
    public Profile After { get; }

    /// <summary>Both call trees laid over each other.</summary>
    public DiffNode Root { get; }

    /// <summary>The functions, those first whose own share changed most.</summary>
    public IReadOnlyList<DiffRow> Functions { get; }

    private static Dictionary<CallSite, CallSiteTotal> Sum(Profile profile)
    {
        CallTree tree = CallTree.Build(profile, CallTreeMerge.Function);
        return tree.SumBySite()
            .GroupBy(sum => tree.Sites[sum.Site] with { FirstLineNumber = 0 })
            .ToDictionary(group => group.Key, group => new CallSiteTotal(0, group.Sum(sum => sum.Own), group.Sum(sum => sum.Total)));
    }

    private DiffRow Row(CallSite site, CallSiteTotal before, CallSiteTotal after) => new(
        site,
        new ShareChange(before.Own, Root.Before, after.Own, Root.After),
        new ShareChange(before.Total, Root.Before, after.Total, Root.After));
}
