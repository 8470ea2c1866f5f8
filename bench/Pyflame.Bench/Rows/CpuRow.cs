using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>The profiler's CPU at usual rates, one thread at depth 50.</summary>
internal sealed class CpuRow : IRow
{
    /// <inheritdoc/>
    public string Name => "cpu";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        var table = new Table("CPython", "profiler", "rate asked", "samples/s", "% of a core", "CPU a sample");
        double seconds = bench.Seconds(10, 2);
        foreach (Interpreter interpreter in Workbench.Pythons((3, 13), (3, 15)))
        {
            using Target target = bench.Start(interpreter, "depth.py", 50, 1);
            foreach (int rate in new[] { 100, 1000, 10_000 })
            {
                foreach (Tool tool in bench.ToolsFor(interpreter))
                {
                    ToolRun run = bench.Record(tool, target, rate, seconds);
                    long samples = run.CountStacks();
                    table.Add(
                        interpreter.ToString(),
                        tool.Name,
                        Format.Count(rate),
                        Format.Count(samples / seconds),
                        Format.Percent(run.CorePercent, 2),
                        $"{Format.Fixed(run.Cost.Cpu.TotalMicroseconds / samples, 1)} µs");
                    if (tool == bench.Pyflame && rate == 1000 && interpreter == Workbench.Python313)
                    {
                        bench.Report.AddFigure(
                            "profiler CPU at 1 kHz, one thread", "≤ 2 % of a core", Format.Percent(run.CorePercent, 2), run.CorePercent <= 2);
                    }
                }
            }
        }

        bench.Report.AddSection(
            "CPU of the profiler",
            "One thread at depth 50. User and system time of the whole profiler process, its start and its output included.",
            table);
    }
}
