using System.CommandLine;
using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>The options about which samples count, by frame and by thread.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string[]> _filter = Patterns("--filter", "NAME", "only stacks with this function, file, module or package, such as Server.*, app.py or web.app");
    private readonly Option<string[]> _exclude = Patterns("--exclude", "NAME", "no stacks with this function, file, module or package");
    private readonly Option<string[]> _thread = Patterns("--thread", "NAME", "only threads of this name or number");

    /// <summary>Adds them to a command.</summary>
    public FilterOptions(Command command)
    {
        command.Options.Add(_filter);
        command.Options.Add(_exclude);
        command.Options.Add(_thread);
    }

    /// <summary>What a command line wants to see.</summary>
    public FilterPatterns Read(ParseResult line) => new(line.GetValue(_filter) ?? [], line.GetValue(_exclude) ?? [], line.GetValue(_thread) ?? []);

    /// <summary>The samples of a profile that a command line wants to see.</summary>
    public Profile Apply(ParseResult line, Profile profile)
    {
        FilterPatterns patterns = Read(line);
        return patterns.AreEmpty ? profile : new SampleFilter(profile, patterns).Apply(profile);
    }

    private static Option<string[]> Patterns(string name, string value, string description) =>
        new(name) { Description = description + "; several times for several", HelpName = value, AllowMultipleArgumentsPerToken = false };
}
