using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>The most samples a second that end up in collapsed output, at depth 50.</summary>
internal sealed class ThroughputRow : IRow
{
    private const int Depth = 50;

    /// <inheritdoc/>
    public string Name => "throughput";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        var table = new Table("CPython", "profiler", "samples/s", "of bare reads", "pyflame to it");
        double seconds = bench.Seconds(5, 1);
        foreach (Interpreter interpreter in Workbench.Pythons((3, 15), (3, 13), (3, 8), (2, 7)))
        {
            List<double> reads = [];
            Dictionary<Tool, List<double>> rates = bench.ToolsFor(interpreter).ToDictionary(tool => tool, _ => new List<double>());
            using (Target target = bench.Start(interpreter, "depth.py", Depth, 1))
            {
                for (int i = 0; i < bench.Repetitions; i++)
                {
                    reads.Add(bench.ReadRate(target, seconds / 2));
                    foreach ((Tool tool, List<double> rate) in rates)
                    {
                        rate.Add(bench.Record(tool, target, 0, seconds, mode: SamplingMode.Nonblocking).CountStacks() / seconds);
                    }
                }
            }

            Report(bench, table, interpreter, Numbers.Median(reads), rates.ToDictionary(pair => pair.Key, pair => Numbers.Median(pair.Value)));
        }

        bench.Report.AddSection(
            "Samples a second",
            "One thread at depth 50 that loops over a function which calls a leaf, sampled without pausing as fast as it goes; the "
            + "samples are counted in the collapsed output. Bare reads: process_vm_readv(2) of 8 bytes, one after the other.",
            table);
    }

    private static void Report(
        Workbench bench, Table table, Interpreter interpreter, double reads, Dictionary<Tool, double> rates)
    {
        double own = rates[bench.Pyflame];
        table.Add(interpreter.ToString(), "bare reads", Format.Count(reads), string.Empty, string.Empty);
        foreach ((Tool tool, double rate) in rates)
        {
            table.Add(
                interpreter.ToString(), tool.Name, Format.Count(rate), Format.Percent(100 * rate / reads), Format.Ratio(own, rate));
            if (tool is TachyonTool)
            {
                bench.Report.AddFigure("samples/s to Tachyon's", "≥ 2.5 ×", Format.Ratio(own, rate), own >= 2.5 * rate);
            }
            else if (tool is PySpyTool && interpreter.Version is { Major: 2 } or { Major: 3, Minor: 8 })
            {
                bench.Report.AddFigure(
                    $"samples/s to py-spy's without pausing, {interpreter.Version.ToString(2)}", "≥ 10 ×", Format.Ratio(own, rate), own >= 10 * rate);
            }
        }

        if (interpreter == Workbench.Python313)
        {
            bench.Report.AddFigure(
                "samples/s of bare reads/s, 3.13", "≥ 40 %", $"{Format.Percent(100 * own / reads)} ({Format.Count(own)})", own >= 0.4 * reads);
        }
    }
}
