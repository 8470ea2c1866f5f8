using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>Rounds over 20 busy threads a second, as fast as it goes.</summary>
internal sealed class ManyThreadsRow : IRow
{
    private const int Threads = 20;

    // Measured before on this kind of machine; for where Tachyon cannot be had.
    private const double TachyonRounds = 4500;

    /// <inheritdoc/>
    public string Name => "threads20";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        var table = new Table("CPython", "profiler", "rounds/s", "stacks/s", "pyflame to it");
        double seconds = bench.Seconds(5, 2);
        foreach (Interpreter interpreter in Workbench.Pythons((3, 13), (3, 15)))
        {
            using Target target = bench.Start(interpreter, "depth.py", 50, Threads);
            Dictionary<Tool, List<double>> counts = bench.ToolsFor(interpreter).ToDictionary(tool => tool, _ => new List<double>());
            for (int i = 0; i < bench.Repetitions; i++)
            {
                foreach ((Tool tool, List<double> count) in counts)
                {
                    count.Add(bench.Record(tool, target, 0, seconds, allThreads: true, mode: SamplingMode.Nonblocking).CountStacks() / seconds);
                }
            }

            double own = Numbers.Median(counts[bench.Pyflame]);
            foreach ((Tool tool, List<double> count) in counts)
            {
                double stacks = Numbers.Median(count);
                table.Add(
                    interpreter.ToString(), tool.Name, Format.Count(stacks / Threads), Format.Count(stacks), Format.Ratio(own, stacks));
                if (tool is TachyonTool)
                {
                    bench.Report.AddFigure(
                        "20 threads, rounds/s to Tachyon's", "≥ 4 ×", $"{Format.Ratio(own, stacks)} ({Format.Count(own / Threads)})", own >= 4 * stacks);
                }
            }

            if (interpreter == Workbench.Python313)
            {
                bench.Report.AddFigure(
                    "20 threads, rounds/s, 3.13",
                    $"≥ {Format.Count(4 * TachyonRounds)}",
                    Format.Count(own / Threads),
                    own / Threads >= 4 * TachyonRounds);
            }
        }

        bench.Report.AddSection(
            "Twenty threads", "20 busy threads at depth 50, all of them sampled without pausing as fast as it goes.", table);
    }
}
