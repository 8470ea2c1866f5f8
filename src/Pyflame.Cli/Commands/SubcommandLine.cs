using System.CommandLine;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;
using Pyflame.Processes;
using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>The command lines that begin with the name of a command.</summary>
internal static class SubcommandLine
{
    private static readonly ParserConfiguration s_configuration = new() { ResponseFileTokenReplacer = null };

    /// <summary>Every subcommand, in the order of the help.</summary>
    public static IReadOnlyList<Subcommand> CreateAll() =>
    [
        new RecordCommand(), new TopCommand(), new DumpCommand(), new PsCommand(), new ReportCommand(),
        new DiffCommand(), new ConvertCommand(), new DoctorCommand(), new CompletionsCommand(),
    ];

    /// <summary>Does what the words ask for, where the first one is the name of a command or nearly so.</summary>
    /// <param name="words">What follows the program's name.</param>
    /// <param name="messages">Where to say things.</param>
    /// <returns>The exit code; null where the words are no subcommand's.</returns>
    public static int? TryRun(IReadOnlyList<string> words, UserMessages messages)
    {
        if (words.Count == 0 || !char.IsAsciiLetter(words[0].FirstOrDefault()))
        {
            return null;
        }

        IReadOnlyList<Subcommand> commands = CreateAll();
        Subcommand? command = commands.FirstOrDefault(candidate => candidate.Name == words[0]);
        if (command is not null)
        {
            return Run(command, [.. words.Skip(1)], messages);
        }

        if (words is ["help", ..])
        {
            Subcommand? named = words.Count > 1 ? commands.FirstOrDefault(candidate => candidate.Name == words[1]) : null;
            return (int)TextOutput.Print(named is null ? HelpText.Overview(commands) : HelpText.Of(named));
        }

        string? meant = Suggestion.For(words[0], [.. commands.Select(candidate => candidate.Name), "help"]);
        if (meant is null)
        {
            return null;
        }

        messages.Say($"pyflame: there is no command '{words[0]}'. Did you mean 'pyflame {meant}'?");
        return (int)ExitCode.Usage;
    }

    private static int Run(Subcommand command, IReadOnlyList<string> words, UserMessages messages)
    {
        try
        {
            int end = words.TakeWhile(word => word != "--").Count();
            string[] own = [.. words.Take(command.TakesCommand ? end : words.Count)];
            string[] toRun = command.TakesCommand ? [.. words.Skip(end + 1)] : [];
            var help = new Option<bool>("--help", "-h");
            command.Options.Add(help);
            ParseResult line = command.Parse(own, s_configuration);
            if (line.GetResult(help) is { Implicit: false })
            {
                return (int)TextOutput.Print(HelpText.Of(command));
            }

            if (command.TakesCommand && end < words.Count && toRun.Length == 0)
            {
                throw new UsageException("the command to run is missing after '--'.");
            }

            UsageErrors.Throw(command, line);
            return command.Run(line, toRun, messages);
        }
        catch (UsageException exception)
        {
            messages.Say($"pyflame {command.Name}: {exception.Message}");
            messages.Say($"Try 'pyflame {command.Name} --help'.");
            return (int)ExitCode.Usage;
        }
        catch (FailureException exception)
        {
            messages.Say($"pyflame {command.Name}: {exception.Message}");
            return (int)ExitCode.Failure;
        }
        catch (ProfileFormatException exception)
        {
            messages.Say($"pyflame {command.Name}: {exception.Message}");
            return (int)ExitCode.Failure;
        }
        catch (OutputException exception)
        {
            messages.Say($"pyflame {command.Name}: {exception.Message}");
            return (int)ExitCode.Failure;
        }
        catch (TargetProcessException exception)
        {
            messages.Say($"pyflame {command.Name}: {exception.Message}");
            messages.WhatToDo(exception);

            return (int)ExitCode.Failure;
        }
    }
}
