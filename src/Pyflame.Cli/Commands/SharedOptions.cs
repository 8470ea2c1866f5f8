using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Pyflame.Profiles.Export;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>Options that more than one command has, so that they are the same everywhere. Each call makes a new one.</summary>
internal static class SharedOptions
{
    /// <summary><c>-p</c>, one process.</summary>
    public static Option<int?> ProcessId(string description = "the process; the only Python process there is, if left out") => new("--pid", "-p")
    {
        Description = description,
        HelpName = "PID",
        CustomParser = result => Parse<int>(result, OptionValues.ParsePositive, "is not a process id, which is a whole number above 0."),
    };

    /// <summary><c>-o</c>, a file to write.</summary>
    public static Option<string?> Output(string description) => new("--output", "-o") { Description = description, HelpName = "FILE" };

    /// <summary><c>-f</c>, the format of a profile.</summary>
    public static Option<string?> Format()
    {
        var option = new Option<string?>("--format", "-f")
        {
            Description = "the format, where the file's ending does not tell it: "
                + string.Join(", ", FormatRegistry.Writers.Select(writer => writer.Name)),
            HelpName = "NAME",
        };
        option.CompletionSources.Add(_ => FormatRegistry.Writers.Select(writer => writer.Name));
        return option;
    }

    /// <summary><c>--nonblocking</c>.</summary>
    public static Option<bool> Nonblocking() => Flag("--nonblocking", null, "never stop a thread of the process; what cannot be proven is left out");

    /// <summary><c>--blocking</c>.</summary>
    public static Option<bool> Blocking() => Flag("--blocking", null, "stop each thread, as briefly as can be, to look at it");

    /// <summary><c>--wait-frames</c>.</summary>
    public static Option<bool> WaitFrames() =>
        Flag("--wait-frames", null, "put what a thread waits for on its stack: (waiting for GIL), (lock), (sleep), (read)");

    /// <summary><c>--subprocesses</c>.</summary>
    public static Option<bool> Subprocesses() =>
        Flag("--subprocesses", "-s", "all that the process starts too, and what that starts, as far as it runs Python");

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => Flag("--json", "-j", "as JSON, for programs");

    /// <summary><c>--limit</c>, how many rows a table has.</summary>
    public static Option<int?> Limit(int usual) => new("--limit", "-n")
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"how many rows (default {usual})"),
        HelpName = "COUNT",
        CustomParser = result => Parse<int>(result, OptionValues.ParsePositive, "is not a number of rows, which is a whole number above 0."),
    };

    /// <summary>An option without a value.</summary>
    public static Option<bool> Flag(string name, string? letter, string description) =>
        new(name, letter is null ? [] : [letter]) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>How stacks are made sure of, as two options say it.</summary>
    public static SamplingMode Mode(ParseResult line, Option<bool> nonblocking, Option<bool> blocking) =>
        (line.GetValue(nonblocking), line.GetValue(blocking)) switch
        {
            (true, true) => throw new UsageException("options '--nonblocking' and '--blocking' contradict each other."),
            (true, _) => SamplingMode.Nonblocking,
            (_, true) => SamplingMode.Blocking,
            _ => SamplingMode.Auto,
        };

    /// <summary>Parses the value of an option, or says what is wrong with it.</summary>
    /// <param name="result">What stands on the command line.</param>
    /// <param name="parse">Gives null for what makes no sense.</param>
    /// <param name="problem">What is said then, after the value in quotes.</param>
    public static T? Parse<T>(ArgumentResult result, Func<string, T?> parse, string problem)
        where T : struct
    {
        string text = result.Tokens[^1].Value;
        T? value = parse(text);
        if (value is null)
        {
            result.AddError($"'{text}' {problem}");
        }

        return value;
    }
}
