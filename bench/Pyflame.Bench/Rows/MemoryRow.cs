using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>The profiler's peak memory.</summary>
internal sealed class MemoryRow : IRow
{
    private const int DistinctStacks = 100_000;

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        var table = new Table("CPython", "profiler", "program", "rate", "time", "distinct stacks", "peak memory");
        Interpreter interpreter = Workbench.Python313;
        double seconds = bench.Seconds(60, 5);
        using (Target target = bench.Start(interpreter, "ordinary.py", "web"))
        {
            foreach (Tool tool in bench.ToolsFor(interpreter))
            {
                double peak = Measure(bench, table, tool, target, "web", 1000, seconds, out _);
                if (tool == bench.Pyflame)
                {
                    bench.Report.AddFigure("peak memory, 1 kHz", "≤ 20 MB", $"{Format.Fixed(peak, 1)} MB", peak <= 20);
                }
            }
        }

        // About 12 µs a leaf, so the sampler meets another one almost every time, and has them all in a quarter of a minute.
        using (Target target = bench.Start(interpreter, "shapes.py", 17))
        {
            double peak = Measure(bench, table, bench.Pyflame, target, "shapes", 10_000, bench.Seconds(16, 5), out int distinct);
            bench.Report.AddFigure(
                "peak memory, 100,000 distinct stacks",
                "≤ 64 MB",
                $"{Format.Fixed(peak, 1)} MB with {Format.Count(distinct)} stacks",
                peak <= 64 && distinct >= DistinctStacks);
        }

        bench.Report.AddSection(
            "Memory",
            "Peak resident size of the profiler process, output included. `shapes.py` is a recursion whose every leaf is a stack of its own.",
            table);
    }

    private static double Measure(
        Workbench bench, Table table, Tool tool, Target target, string program, double rate, double seconds, out int distinct)
    {
        ToolRun run = bench.Record(tool, target, rate, seconds);
        distinct = run.Lines.Count();
        double megabytes = run.Cost.PeakKibibytes * 1024 / 1e6;
        table.Add(
            target.Interpreter.ToString(),
            tool.Name,
            program,
            Format.Count(rate),
            $"{Format.Count(seconds)} s",
            tool.IsAustin ? "-" : Format.Count(distinct),
            $"{Format.Fixed(megabytes, 1)} MB");
        return megabytes;
    }
}
