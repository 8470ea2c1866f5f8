using System.Globalization;

namespace Pyflame.Profiles.Export.Pages;

/// <summary>What a page says of a profile as a whole.</summary>
internal sealed class ProfileSummary
{
    /// <summary>Draws up the summary.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="options">Where the title comes from, if it is given.</param>
    public ProfileSummary(Profile profile, ExportOptions options)
    {
        Circumstances circumstances = profile.Circumstances;
        RecordingStatistics? statistics = profile.Statistics;
        ProfiledProcess? first = profile.Processes.Count > 0 ? profile.Processes[0] : null;
        string command = first?.CommandLine ?? string.Empty;
        TotalWeight = profile.CountStacks().TotalWeight;
        Interval = TimeSpan.FromTicks(circumstances.IntervalNanoseconds / TimeSpan.NanosecondsPerTick);
        Title = options.Title is { Length: > 0 } title ? title
            : command.Length > 0 ? command
            : first is not null ? first.Label
            : "Python profile";

        var highlights = new List<string>();
        if (statistics is not null)
        {
            highlights.Add(PageText.Duration(statistics.Duration));
        }

        highlights.Add($"{PageText.Count(TotalWeight)} samples");
        highlights.Add(Rate(circumstances.RateHertz));
        highlights.Add(circumstances.Mode);
        int processes = profile.Processes.Select(static process => process.ProcessId).Distinct().Count();
        if (processes > 1)
        {
            highlights.Add($"{PageText.Count(processes)} processes");
        }

        if (first is { PythonVersion.Length: > 0 })
        {
            highlights.Add($"Python {first.PythonVersion}");
        }

        highlights.Add($"{circumstances.StartUtc.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC");
        Highlights = highlights;
        Facts = [.. FactsOf(profile, TotalWeight).Where(fact => fact.Value.Length > 0)];
        Warnings = [.. WarningsOf(statistics)];
    }

    /// <summary>The title asked for, else the command line.</summary>
    public string Title { get; }

    /// <summary>The weight of the whole profile, in intervals.</summary>
    public long TotalWeight { get; }

    /// <summary>What a sample of weight 1 stands for; zero where it is not known.</summary>
    public TimeSpan Interval { get; }

    /// <summary>The few facts that tell one profile from another, for a line below the title.</summary>
    public IReadOnlyList<string> Highlights { get; }

    /// <summary>All that is known, by name.</summary>
    public IReadOnlyList<(string Name, string Value)> Facts { get; }

    /// <summary>What a reader has to know before trusting the numbers; empty where all went well.</summary>
    public IReadOnlyList<string> Warnings { get; }

    private static IEnumerable<(string Name, string Value)> FactsOf(Profile profile, long totalWeight)
    {
        Circumstances circumstances = profile.Circumstances;
        foreach (ProfiledProcess process in profile.Processes.Take(20))
        {
            yield return ("Command", process.CommandLine);
            yield return ("Process", process.ProcessId.ToString(CultureInfo.InvariantCulture)
                + (process.NamespaceProcessId > 0 ? $", {process.NamespaceProcessId} in its container" : string.Empty));
            yield return ("Python", process.PythonVersion);
        }

        if (profile.Processes.Count > 20)
        {
            yield return ("More processes", PageText.Count(profile.Processes.Count - 20));
        }

        yield return ("Started", circumstances.StartUtc.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC");
        yield return ("Mode", circumstances.Mode);
        yield return ("Threads", PageText.Count(profile.Threads.Count));
        yield return ("Samples", PageText.Count(totalWeight));
        if (profile.Statistics is not { } statistics)
        {
            yield return ("Rate asked for", Rate(circumstances.RateHertz));
        }
        else
        {
            yield return ("Duration", PageText.Duration(statistics.Duration));
            yield return ("Rate", $"{Rate(statistics.RateReached)} reached of {Rate(statistics.RateAsked)} asked for");
            yield return ("Stacks read", statistics.Mode);
            yield return ("Memory read with", statistics.MemoryMethod);
            yield return ("Proven without a pause", PageText.Count(statistics.Proven));
            yield return ("Paused", statistics.Paused == 0 ? "0"
                : $"{PageText.Count(statistics.Paused)}, {PageText.Duration(statistics.StoppedTime)} in all");
            yield return ("Idle", PageText.Count(statistics.Idle));
            yield return ("Failed", PageText.Count(statistics.Failed));
            yield return ("Cut at the root", PageText.Count(statistics.Truncated));
            yield return ("Lost", PageText.Count(statistics.Lost));
            yield return ("Rounds late", PageText.Count(statistics.Late));
            yield return ("Rounds missed", PageText.Count(statistics.Missed));
        }

        yield return ("Host", circumstances.Host);
        yield return ("Kernel", $"{circumstances.Kernel} {circumstances.Architecture}".Trim());
        yield return ("Processors", circumstances.ProcessorCount > 0 ? PageText.Count(circumstances.ProcessorCount) : string.Empty);
        yield return ("Container", circumstances.Container ?? string.Empty);
        yield return ("Recorded by", circumstances.PyflameVersion.Length > 0 ? $"Pyflame {circumstances.PyflameVersion}" : string.Empty);
    }

    private static IEnumerable<string> WarningsOf(RecordingStatistics? statistics)
    {
        if (statistics is null)
        {
            yield return "The recording was cut off: what it knew only at its end, such as how long it took, is missing.";
            yield break;
        }

        long tried = statistics.Samples + statistics.Failed;
        if (statistics.Failed * 100 > tried)
        {
            yield return $"{PageText.Share(statistics.Failed, tried)} of the stacks could not be read.";
        }

        if (statistics.Truncated > 0)
        {
            yield return $"{PageText.Count(statistics.Truncated)} stacks were too deep: the frames nearest the root are missing.";
        }

        if (statistics.Lost > 0)
        {
            yield return $"{PageText.Count(statistics.Lost)} samples were taken but lost.";
        }

        if (statistics.RateAsked > 0 && statistics.RateReached < 0.9 * statistics.RateAsked)
        {
            yield return $"The sampler reached {Rate(statistics.RateReached)} of the {Rate(statistics.RateAsked)} asked for.";
        }
    }

    private static string Rate(double hertz) => string.Create(CultureInfo.InvariantCulture, $"{hertz:#,0.##} Hz");
}
