using System.CommandLine;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;
using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>Tells where the time of a recorded profile went.</summary>
internal sealed class ReportCommand : Subcommand
{
    private const int DefaultLimit = 20;
    private const int DefaultLimitOfParts = 5;

    private readonly Argument<string> _input = new("FILE") { Description = "a profile that was recorded into a .pyflame file; - for standard input" };
    private readonly Option<string?> _function = new("--function", "-F")
    {
        Description = "callers and callees of one function: its name, Class.name or file.py:name",
        HelpName = "NAME",
    };

    private readonly Option<string?> _by = new("--by")
    {
        Description = "split it: by state (what threads did or waited for), or by thread (with its share of the GIL)",
        HelpName = "WHAT",
        CustomParser = result =>
        {
            string text = result.Tokens[^1].Value;
            if (text is not ("state" or "thread"))
            {
                result.AddError($"'{text}' is nothing to split by, which is state or thread.");
            }

            return text;
        },
    };

    private readonly FilterOptions _filter;
    private readonly Option<int?> _limit = SharedOptions.Limit(DefaultLimit);
    private readonly Option<bool> _json = SharedOptions.Json();

    public ReportCommand()
        : base("report", "Show the hottest functions and lines of a recorded profile")
    {
        Arguments.Add(_input);
        Options.Add(_function);
        Options.Add(_by);
        _filter = new FilterOptions(this);
        Options.Add(_limit);
        Options.Add(_json);
    }

    /// <inheritdoc/>
    public override string Synopsis => "[options] FILE";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
        ["pyflame report day.pyflame", "pyflame report --function Parser.feed day.pyflame", "pyflame report --by state day.pyflame", "pyflame report --json day.pyflame | jq '.functions[0]'"];

    /// <inheritdoc/>
    public override int Run(ParseResult line, IReadOnlyList<string> command, UserMessages messages)
    {
        string path = line.GetRequiredValue(_input);
        int limit = line.GetValue(_limit) ?? DefaultLimit;
        bool json = line.GetValue(_json);
        Profile profile = _filter.Apply(line, ProfileFile.Read(path, messages));
        var report = new ProfileReport(profile);
        if (line.GetValue(_function) is { } name)
        {
            FunctionReport function = report.Find(name) ?? throw new FailureException(Unknown(report, name, path));
            return Print(json, stream => ReportJson.Write(report, function, limit, stream), () => ReportText.OfFunction(report, function, limit));
        }

        if (line.GetValue(_by) is { } by)
        {
            limit = line.GetValue(_limit) ?? DefaultLimitOfParts;
            IReadOnlyList<ProfilePart> parts = by == "state" ? ProfilePart.ByState(profile) : ProfilePart.ByThread(profile);
            return Print(json, stream => ReportJson.Write(report, by, parts, limit, stream), () => ReportText.OfParts(report, by, parts, limit));
        }

        return Print(json, stream => ReportJson.Write(report, limit, stream), () => ReportText.OfProfile(report, limit));
    }

    private static string Unknown(ProfileReport report, string name, string path)
    {
        string? meant = Suggestion.For(name, report.Functions.SelectMany(row => new[] { row.Site.QualifiedName, row.Site.Name }).Distinct());
        return $"{path} has no function '{name}'." + (meant is null ? " 'pyflame report' without --function lists them." : $" Did you mean '{meant}'?");
    }

    private static int Print(bool json, Action<Stream> writeJson, Func<string> format)
    {
        if (json)
        {
            JsonText.Print(writeJson);
        }
        else
        {
            TextOutput.Print(format());
        }

        return (int)ExitCode.Success;
    }
}
