using System.Globalization;
using Pyflame.Bench.Measuring;

namespace Pyflame.Bench.Tools;

/// <summary>One recording of one tool.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="Lines">Its output. Big logs are read as they are asked for, so ask before the next run.</param>
internal sealed record ToolRun(Tool Tool, RecordingRequest Request, Measurement Cost, IEnumerable<CollapsedLine> Lines)
{
    /// <summary>The stacks in the output, each as often as it was sampled.</summary>
    public long CountStacks() => Lines.Where(line => line.IsStack).Sum(line => line.Count);

    /// <summary>How it went, where the tool is Pyflame and was asked to tell.</summary>
    public IReadOnlyDictionary<string, double> ReadStatistics() => File.ReadLines(Request.StatisticsPath)
        .Select(line => line.Split('='))
        .ToDictionary(pair => pair[0], pair => double.Parse(pair[1], CultureInfo.InvariantCulture));

    /// <summary>The profiler's use of one core while it recorded, in percent.</summary>
    public double CorePercent => 100 * Cost.Cpu.TotalSeconds / Request.Seconds;
}
