using System.CommandLine;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>The options about which threads are sampled, and what is shown of their waiting.</summary>
internal sealed class SamplingOptions
{
    private static readonly string[] s_modes = ["active", "wall", "cpu", "gil"];

    private readonly Option<string?> _mode = new("--mode")
    {
        Description = "which threads: active (the default; those that do not wait), wall (all), cpu (those on a processor), gil (those that hold the GIL)",
        HelpName = "MODE",
        CustomParser = result =>
        {
            string text = result.Tokens[^1].Value;
            if (!s_modes.Contains(text))
            {
                result.AddError($"'{text}' is no mode, which is active, wall, cpu or gil.");
            }

            return text;
        },
    };

    private readonly Option<bool> _gil = SharedOptions.Flag("--gil", "-g", "the same as --mode gil");
    private readonly Option<bool> _idle = SharedOptions.Flag("--idle", "-i", "waiting threads too, the same as --mode wall");
    private readonly Option<bool> _waitFrames = SharedOptions.WaitFrames();

    /// <summary>Adds them to a command.</summary>
    public SamplingOptions(Command command)
    {
        command.Options.Add(_mode);
        command.Options.Add(_gil);
        command.Options.Add(_idle);
        command.Options.Add(_waitFrames);
    }

    /// <summary>The words that <c>--mode</c> takes.</summary>
    public static IReadOnlyList<string> Modes => s_modes;

    /// <summary>The mode that a command line asks for: <c>active</c>, <c>wall</c>, <c>cpu</c> or <c>gil</c>.</summary>
    /// <exception cref="UsageException">It asks for several.</exception>
    public string Mode(ParseResult line)
    {
        string? named = line.GetValue(_mode);
        string? gil = line.GetValue(_gil) ? "gil" : null;
        string? idle = line.GetValue(_idle) ? "wall" : null;
        string[] asked = [.. new[] { named, gil, idle }.OfType<string>().Distinct()];
        return asked.Length > 1
            ? throw new UsageException($"the modes '{asked[0]}' and '{asked[1]}' were asked for; it is one or the other.")
            : asked.FirstOrDefault() ?? "active";
    }

    /// <summary>Whether what threads wait for is to be shown as frames.</summary>
    public bool WaitFrames(ParseResult line) => line.GetValue(_waitFrames);

    /// <summary>Ends a command that asks for the holder of the GIL where there is none.</summary>
    /// <param name="mode">The mode that was asked for.</param>
    /// <param name="sampler">Samples the process, and has found its interpreter if it runs one.</param>
    /// <exception cref="FailureException">The mode has no meaning there.</exception>
    public static void CheckGil(string mode, Sampler sampler)
    {
        if (mode == "gil" && sampler.AnyLacksGil)
        {
            throw new FailureException(
                "this Python runs without a GIL, which '--mode gil' is about. Use '--mode cpu' for the threads on a processor, or '--mode wall' for all.");
        }
    }

    /// <summary>Which threads a sampler has to look at for a mode.</summary>
    public static ThreadSelection Threads(string mode) => mode switch
    {
        "gil" => ThreadSelection.GilHolder,
        "cpu" => ThreadSelection.OnCpu,
        _ => ThreadSelection.All,
    };
}
