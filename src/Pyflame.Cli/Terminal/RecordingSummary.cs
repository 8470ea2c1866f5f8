using System.Globalization;
using Pyflame.Profiles;

namespace Pyflame.Cli.Terminal;

/// <summary>What a user must know of a recording that did not go well. One that did has nothing to say.</summary>
internal static class RecordingSummary
{
    // Below these shares the picture is the same with or without the missing samples.
    private const double TolerableMissed = 0.5;
    private const double Tolerable = 0.01;

    // A share of few says nothing.
    private const long Few = 100;

    /// <summary>One line for each thing that went wrong.</summary>
    /// <param name="statistics">How the recording went.</param>
    /// <param name="pauseRefused">Whether the kernel let no thread be stopped.</param>
    /// <param name="budgetSpent">Whether threads were stopped for as long as they may be.</param>
    /// <param name="slower">How the user asks for fewer samples.</param>
    public static IReadOnlyList<string> Describe(
        RecordingStatistics statistics,
        bool pauseRefused,
        bool budgetSpent,
        string slower = "a longer time between samples, such as -r 0.01")
    {
        var lines = new List<string>();
        double rounds = Math.Round(statistics.RateReached * statistics.Duration.TotalSeconds);
        double due = rounds + statistics.Missed;
        if (IsMuch(statistics.Missed, due, TolerableMissed))
        {
            lines.Add(Line(
                $"{statistics.Missed} of {due:0} rounds of samples ({statistics.Missed / due:P0}) did not take place, ")
                + "as the machine was too busy for this rate. Try " + slower + ".");
        }

        double taken = statistics.Samples + statistics.Lost;
        if (IsMuch(statistics.Lost, taken, Tolerable))
        {
            string reason = pauseRefused ? " and the thread could not be stopped: is another tracer or debugger attached? "
                : budgetSpent ? " and the thread had been stopped for as long as it may be. Try " + slower + ". "
                : ". ";
            lines.Add(Line($"{statistics.Lost} of {taken:0} samples ({statistics.Lost / taken:P0}) are lost, ")
                + $"as the stack changed while it was read{reason}The profile leans towards code that calls little.");
        }

        if (IsMuch(statistics.Failed, taken, Tolerable))
        {
            lines.Add(Line($"{statistics.Failed} of {taken:0} samples ({statistics.Failed / taken:P0}) could not be read; ")
                + "they count as (failed).");
        }

        if (IsMuch(statistics.Truncated, taken, Tolerable))
        {
            lines.Add(Line($"{statistics.Truncated} of {taken:0} stacks ({statistics.Truncated / taken:P0}) are too deep to be whole; ")
                + "their outermost frames are missing.");
        }

        return lines;
    }

    private static bool IsMuch(long count, double all, double tolerable) => count >= Few && count > all * tolerable;

    private static string Line(FormattableString text) => "pyflame: " + text.ToString(CultureInfo.InvariantCulture);
}
