using System.Globalization;
using Pyflame.Python;

namespace Pyflame.Cli.Commands;

/// <summary>Understands the command line of Pyflame 1.6.</summary>
internal static class ClassicOptionsParser
{
    // Far above any sensible wish, and far below where a TimeSpan or a clock in nanoseconds ends.
    private const double MaximumSeconds = 1e9;

    private static readonly OptionDefinition[] s_definitions =
    [
        new("abi", '\0', true),
        new("dump", 'd', false),
        new("exclude-idle", 'x', false),
        new("flamechart", 'T', false),
        new("help", 'h', false),
        new("no-line-numbers", 'n', false),
        new("output", 'o', true),
        new("pid", 'p', true),
        new("rate", 'r', true),
        new("seconds", 's', true),
        new("threads", '\0', false),
        new("trace", 't', false),
        new("version", 'v', false),
    ];

    /// <summary>Parses the words that follow the program's name.</summary>
    /// <exception cref="CommandLineException">They make no sense.</exception>
    public static ClassicOptions Parse(IReadOnlyList<string> words)
    {
        var reader = new OptionReader(words, s_definitions);
        var options = new ClassicOptions();
        bool trace = false, dump = false;
        while (!trace && reader.TryRead(out OptionDefinition? definition, out string? value))
        {
            switch (definition.Name)
            {
                case "help":
                    return options with { Action = ClassicAction.Help };
                case "version":
                    return options with { Action = ClassicAction.Version };
                case "trace" when reader.IsInsideWord:
                    throw new CommandLineException("Option -t must be the last: the command begins with the next word.");
                case "trace":
                    trace = true;
                    break;
                case "dump":
                    dump = true;
                    break;
                default:
                    options = With(options, definition.Name, value ?? string.Empty);
                    break;
            }
        }

        return trace ? Trace(options, dump, reader) : Attach(options, dump, reader.BareWords);
    }

    private static ClassicOptions With(ClassicOptions options, string name, string value) => name switch
    {
        "abi" => options with { ForcedVersion = ParseAbi(value) },
        "exclude-idle" => options with { ExcludeIdle = true },
        "flamechart" => options with { FlameChart = true },
        "no-line-numbers" => options with { LineNumbers = false },
        "output" when value.Length == 0 => throw new CommandLineException("Option -o needs the path of a file."),
        "output" => options with { OutputPath = value },
        "pid" => options with { ProcessId = ParseProcessId(value) },
        "rate" => options with { Interval = ParseSeconds(value, "the time between samples (-r)") },
        "seconds" => options with { Duration = ParseSeconds(value, "the time to sample for (-s)") },
        "threads" => options with { AllThreads = true },
        _ => throw new InvalidOperationException($"option {name} is defined but not understood"),
    };

    private static ClassicOptions Trace(ClassicOptions options, bool dump, OptionReader reader)
    {
        if (dump)
        {
            throw new CommandLineException("Options -d and -t are not mutually compatible.", CommandLineHelp.None);
        }

        if (options.ProcessId != 0)
        {
            throw new CommandLineException("Options -p and -t are not mutually compatible.", CommandLineHelp.None);
        }

        if (reader.BareWords.Count > 0)
        {
            throw new CommandLineException(
                $"'{reader.BareWords[0]}' stands before -t, where only options may.", CommandLineHelp.Usage);
        }

        IReadOnlyList<string> command = reader.TakeRest();
        return command.Count > 0
            ? options with { Action = ClassicAction.Trace, Command = command }
            : throw new CommandLineException("Option -t needs a command to run.", CommandLineHelp.Usage);
    }

    private static ClassicOptions Attach(ClassicOptions options, bool dump, IReadOnlyList<string> bareWords)
    {
        options = options with { Action = dump ? ClassicAction.Dump : ClassicAction.Attach };
        bool hasProcessId = options.ProcessId != 0;
        if (bareWords.Count > (hasProcessId ? 0 : 1))
        {
            throw new CommandLineException(
                $"Too many words: '{bareWords[^1]}'. To run a command, put -t before it.", CommandLineHelp.Usage);
        }

        if (hasProcessId)
        {
            return options;
        }

        return bareWords.Count == 1
            ? options with { ProcessId = ParseProcessId(bareWords[0]), IsBareProcessId = true }
            : throw new CommandLineException("Say which process to sample, with -p, or which command to run, with -t.", CommandLineHelp.Usage);
    }

    private static int ParseProcessId(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int processId) && processId > 0
            ? processId
            : throw new CommandLineException($"Error: failed to parse \"{text}\" as a PID.");

    private static PythonVersion ParseAbi(string text) =>
        PythonAbi.TryParse(text, out PythonVersion version)
            ? version
            : throw new CommandLineException(
                $"Unknown or unsupported ABI \"{text}\". The known ones: {string.Join(' ', PythonAbi.Numbers)}.", CommandLineHelp.None);

    private static TimeSpan ParseSeconds(string text, string meaning)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) || double.IsNaN(seconds))
        {
            throw new CommandLineException($"Error: failed to parse \"{text}\" as {meaning}: a number of seconds, such as 0.01.");
        }

        return seconds is >= 0 and <= MaximumSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new CommandLineException($"Error: {text} seconds is out of range for {meaning}: 0 to {MaximumSeconds:0}.");
    }
}
