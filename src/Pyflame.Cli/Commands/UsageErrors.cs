using System.CommandLine;
using System.CommandLine.Parsing;

namespace Pyflame.Cli.Commands;

/// <summary>Says in one line what is wrong with a command line.</summary>
internal static class UsageErrors
{
    /// <summary>Throws for the first thing that is wrong.</summary>
    /// <exception cref="UsageException">Something is.</exception>
    public static void Throw(Subcommand command, ParseResult line)
    {
        if (line.UnmatchedTokens.Count > 0)
        {
            throw new UsageException(Unknown(command, line.UnmatchedTokens[0]));
        }

        if (line.Errors.Count > 0)
        {
            throw new UsageException(Describe(line.Errors[0]));
        }
    }

    private static string Unknown(Subcommand command, string word)
    {
        if (!word.StartsWith('-') || word == "-")
        {
            return command.TakesCommand
                ? $"'{word}' is no option. If it is the command to run, put -- in front of it."
                : $"there is one word too many: '{word}'.";
        }

        string name = word.Split('=')[0];
        string? meant = Suggestion.For(name, Names(command));
        return meant is null ? $"there is no option '{name}'." : $"there is no option '{name}'. Did you mean '{meant}'?";
    }

    private static IEnumerable<string> Names(Subcommand command) =>
        command.Options.SelectMany(option => option.Aliases.Prepend(option.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal));

    private static string Describe(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0 } option when option.Option.Arity.MinimumNumberOfValues > 0 =>
            $"option '{option.IdentifierToken?.Value ?? option.Option.Name}' needs a value.",
        OptionResult option when option.Tokens.Count > option.Option.Arity.MaximumNumberOfValues =>
            $"option '{option.Option.Name}' was given more than once.",
        ArgumentResult { Tokens.Count: 0 } argument => $"{argument.Argument.HelpName ?? argument.Argument.Name} is missing.",
        CommandResult { Children: var children } when children.OfType<ArgumentResult>().FirstOrDefault(child => child.Tokens.Count == 0) is { } missing =>
            $"{missing.Argument.HelpName ?? missing.Argument.Name} is missing.",
        _ => error.Message,
    };
}
