namespace Pyflame.Profiles.Export;

/// <summary>The formats that profiles are written in, by name and by the ending of a file's name.</summary>
public static class FormatRegistry
{
    // Names that users of other profilers type.
    private static readonly Dictionary<string, string> s_aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["raw"] = "collapsed",
        ["folded"] = "collapsed",
        ["chrometrace"] = "chrome-trace",
        ["chrome"] = "chrome-trace",
        ["trace"] = "chrome-trace",
        ["gecko"] = "firefox",
        ["jsonl"] = "json-lines",
        ["json"] = "json-lines",
        ["kcachegrind"] = "callgrind",
        ["svg"] = "flamegraph",
    };

    /// <summary>Every writer, in the order in which the help lists them.</summary>
    public static IReadOnlyList<IProfileWriter> Writers { get; } =
    [
        new ProfileFileExport(),
        new CollapsedWriter(),
        new SpeedscopeWriter(),
        new FirefoxWriter(),
        new ChromeTraceWriter(),
        new CpuProfileWriter(),
        new PprofWriter(),
        new PstatsWriter(),
        new CallgrindWriter(),
        new JsonLinesWriter(),
        new TimestampWriter(),
        new FlameGraphWriter(),
        new HtmlReportWriter(),
    ];

    /// <summary>Finds a writer by the format's name, or by a name that other profilers have for it; case does not matter.</summary>
    /// <returns>Null where there is none.</returns>
    public static IProfileWriter? FindByName(string name)
    {
        string known = s_aliases.GetValueOrDefault(name, name);
        return Writers.FirstOrDefault(writer => writer.Name.Equals(known, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Finds the writer whose ending the file's name has; the longest ending decides and case does not matter.</summary>
    /// <returns>Null where no writer has it.</returns>
    public static IProfileWriter? FindByFileName(string path) => Writers
        .SelectMany(writer => writer.FileEndings, (writer, ending) => (writer, ending))
        .Where(pair => path.EndsWith(pair.ending, StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(pair => pair.ending.Length)
        .Select(pair => pair.writer)
        .FirstOrDefault();

    /// <summary>Finds the writer that the user means: by name where one is given, else by the file's ending.</summary>
    /// <param name="name">What the user gave as format; null for none.</param>
    /// <param name="path">Where the profile is to go; null for standard output.</param>
    /// <param name="fallback">The format where neither decides; null where that is an error.</param>
    /// <exception cref="ProfileFormatException">There is no such format; the remedy has suggestions.</exception>
    public static IProfileWriter Resolve(string? name, string? path, string? fallback = null)
    {
        if (name is not null)
        {
            return FindByName(name) ?? throw Unknown($"there is no format '{name}'", Suggest(name));
        }

        if (path is not null && FindByFileName(path) is { } writer)
        {
            return writer;
        }

        return (fallback is null ? null : FindByName(fallback))
            ?? throw Unknown($"the ending of '{path}' does not tell the format", []);
    }

    /// <summary>The names of formats that are like a mistyped one, the likest first; at most three.</summary>
    public static IReadOnlyList<string> Suggest(string name)
    {
        string typed = name.ToLowerInvariant();
        return [.. Writers
            .Select(writer => writer.Name)
            .Concat(s_aliases.Keys)
            .Select(candidate => (candidate, distance: EditDistance.Between(typed, candidate)))
            .Where(pair => pair.distance <= Math.Max(1, pair.candidate.Length / 3)
                || (typed.Length >= 3 && pair.candidate.StartsWith(typed, StringComparison.Ordinal)))
            .OrderBy(pair => pair.distance)
            .Select(pair => FindByName(pair.candidate)?.Name)
            .OfType<string>()
            .Distinct()
            .Take(3)];
    }

    private static ProfileFormatException Unknown(string problem, IReadOnlyList<string> suggestions)
    {
        string known = string.Join(", ", Writers.Select(writer => writer.Name));
        return new ProfileFormatException(
            problem,
            suggestions.Count == 0 ? $"The formats are {known}" : $"Did you mean {string.Join(" or ", suggestions)}? The formats are {known}");
    }
}
