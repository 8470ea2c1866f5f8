using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>The samples of a profile that have something in common, such as a state or a thread.</summary>
/// <param name="Name">What they have in common.</param>
/// <param name="Report">Where their time went.</param>
internal sealed record ProfilePart(string Name, ProfileReport Report)
{
    /// <summary>How many of them, by what the thread was doing; empty where that is what they have in common.</summary>
    public IReadOnlyDictionary<string, long> States { get; init; } = new Dictionary<string, long>();

    /// <summary>Their weight, in samples.</summary>
    public long Weight => Report.TotalWeight;

    /// <summary>Which share of them has a state, 0 to 1.</summary>
    public double Share(string state) => Weight == 0 ? 0 : (double)States.GetValueOrDefault(state) / Weight;

    /// <summary>Splits a profile by what threads were doing, the most first.</summary>
    public static IReadOnlyList<ProfilePart> ByState(Profile profile) => Sort(
        profile.Split(sample => sample.State.Describe()).Select(pair => new ProfilePart(pair.Key, new ProfileReport(pair.Value))));

    /// <summary>Splits a profile by thread, the most first.</summary>
    public static IReadOnlyList<ProfilePart> ByThread(Profile profile)
    {
        var states = new Dictionary<ProfiledThreadId, Dictionary<string, long>>();
        IReadOnlyDictionary<ProfiledThreadId, Profile> parts = profile.Split(sample =>
        {
            if (!states.TryGetValue(sample.Thread, out Dictionary<string, long>? own))
            {
                states.Add(sample.Thread, own = []);
            }

            string state = sample.State.Describe();
            own[state] = own.GetValueOrDefault(state) + sample.Weight;
            return sample.Thread;
        });
        return Sort(parts.Select(pair =>
            new ProfilePart(profile.Threads[pair.Key.Value].Label, new ProfileReport(pair.Value)) { States = states[pair.Key] }));
    }

    private static List<ProfilePart> Sort(IEnumerable<ProfilePart> parts) =>
        [.. parts.OrderByDescending(part => part.Weight).ThenBy(part => part.Name, StringComparer.Ordinal)];
}
