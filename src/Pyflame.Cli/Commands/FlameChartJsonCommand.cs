using System.Globalization;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Cli.Commands;

/// <summary>Turns the output of <c>pyflame -T</c> into a <c>.cpuprofile</c>.</summary>
internal sealed class FlameChartJsonCommand
{
    /// <summary>Its name, as subcommand and as name of the program.</summary>
    public const string Name = "flame-chart-json";

    private const string Usage = """
        Usage: flame-chart-json [options] [FILE] > app.cpuprofile

        Reads what 'pyflame -T' wrote, from FILE or standard input, and writes it as
        a .cpuprofile, which Chrome's developer tools (Performance, Load profile) and
        speedscope show over time.

          -o, --output=PATH   write there, not to standard output
              --thread=N      of several threads the Nth, oldest first (default 1)
          -h, --help          this text

        """;

    private static readonly OptionDefinition[] s_definitions =
    [
        new("help", 'h', false),
        new("output", 'o', true),
        new("thread", '\0', true),
    ];

    private readonly UserMessages _messages;

    public FlameChartJsonCommand(UserMessages messages) => _messages = messages;

    /// <summary>Does what the words ask for.</summary>
    public ExitCode Run(IReadOnlyList<string> words)
    {
        string? outputPath = null;
        int? threadNumber = null;
        var reader = new OptionReader(words, s_definitions);
        while (reader.TryRead(out OptionDefinition? definition, out string? value))
        {
            switch (definition.Letter)
            {
                case 'h':
                    return TextOutput.Print(Usage);
                case 'o':
                    outputPath = value;
                    break;
                default:
                    threadNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
                        ? number
                        : throw new CommandLineException($"\"{value}\" is not the number of a thread: 1 is the oldest.", CommandLineHelp.None);
                    break;
            }
        }

        if (reader.BareWords.Count > 1)
        {
            throw new CommandLineException($"Too many words: '{reader.BareWords[1]}'. Only one file is read.", CommandLineHelp.None);
        }

        return Convert(reader.BareWords.Count == 1 ? reader.BareWords[0] : "-", outputPath, threadNumber);
    }

    private ExitCode Convert(string inputPath, string? outputPath, int? threadNumber)
    {
        using ProfileOutput output = ProfileOutput.Open(outputPath);
        string inputName = inputPath == "-" ? "standard input" : inputPath;
        Profile profile;
        try
        {
            using Stream input = inputPath == "-" ? Console.OpenStandardInput() : File.OpenRead(inputPath);
            using var text = new StreamReader(input);
            profile = TimestampReader.Read(text);
        }
        catch (ProfileFormatException exception)
        {
            _messages.Say($"Cannot read {inputName}: {exception.Message}");
            return ExitCode.Failure;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _messages.Say($"Cannot read {inputName}: {exception.Message}");
            return ExitCode.Failure;
        }

        int threads = profile.Threads.Count;
        if (threadNumber > threads)
        {
            _messages.Say(string.Create(CultureInfo.InvariantCulture, $"There is no thread {threadNumber}: {inputName} has {threads}."));
            return ExitCode.Failure;
        }

        if (threads > 1 && threadNumber is null)
        {
            _messages.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"{inputName} has {threads} threads and a .cpuprofile shows one: this is the oldest. --thread=2 is the next."));
        }

        output.Write(stream => CpuProfileWriter.Write(
            profile, new ProfiledThreadId((threadNumber ?? 1) - 1), stream, ExportOptions.Default));
        return ExitCode.Success;
    }
}
