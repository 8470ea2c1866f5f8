using System.CommandLine;
using System.Text;

namespace Pyflame.Cli.Commands;

/// <summary>The help of subcommands, as wide as 80 columns at the most.</summary>
internal static class HelpText
{
    private const int Width = 80;
    private const int DescriptionColumn = 30;

    /// <summary>All commands, a line each.</summary>
    public static string Overview(IReadOnlyList<Subcommand> commands)
    {
        var text = new StringBuilder();
        text.AppendLine("Usage: pyflame COMMAND [options]").AppendLine();
        foreach (Subcommand command in commands)
        {
            AppendRow(text, $"  {command.Name}", command.Description!, 16);
        }

        text.AppendLine().AppendLine("'pyflame COMMAND --help' tells the options of one, with examples.");
        text.Append("'pyflame --help' is about the classic command line: pyflame [options] -p PID.");
        return text.ToString();
    }

    /// <summary>One command: usage, arguments, options and examples.</summary>
    public static string Of(Subcommand command)
    {
        var text = new StringBuilder();
        text.AppendLine($"Usage: pyflame {command.Name} {command.Synopsis}").AppendLine();
        AppendWrapped(text, command.Description + ".", 0);
        if (command.Details.Length > 0)
        {
            text.AppendLine().AppendLine(command.Details);
        }

        if (command.Arguments.Count > 0)
        {
            text.AppendLine();
            foreach (Argument argument in command.Arguments)
            {
                AppendRow(text, $"  {argument.HelpName ?? argument.Name}", argument.Description!, DescriptionColumn);
            }
        }

        text.AppendLine().AppendLine("Options:");
        foreach (Option option in command.Options.Where(option => option.Name != "--help"))
        {
            AppendRow(text, $"  {Label(option)}", option.Description!, DescriptionColumn);
        }

        AppendRow(text, "  -h, --help", "this text", DescriptionColumn);
        text.AppendLine().AppendLine("Examples:");
        text.Append(string.Join(Environment.NewLine, command.Examples.Select(example => "  " + example)));
        return text.ToString();
    }

    /// <summary>An option as the help shows it: <c>-o, --output=FILE</c>.</summary>
    public static string Label(Option option)
    {
        string letter = option.Aliases.FirstOrDefault(alias => alias.Length == 2) is { } alias ? $"{alias}, " : "    ";
        string value = option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) ? string.Empty : $"={option.HelpName}";
        return letter + option.Name + value;
    }

    private static void AppendRow(StringBuilder text, string label, string description, int column)
    {
        if (label.Length > column - 2)
        {
            text.AppendLine(label).Append(' ', column);
        }
        else
        {
            text.Append(label.PadRight(column));
        }

        AppendWrapped(text, description, column);
    }

    // The first line continues what stands there already.
    private static void AppendWrapped(StringBuilder text, string words, int indent)
    {
        int column = indent;
        foreach (string word in words.Split(' '))
        {
            if (column > indent && column + 1 + word.Length > Width)
            {
                text.AppendLine().Append(' ', indent);
                column = indent;
            }

            if (column > indent)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        text.AppendLine();
    }
}
