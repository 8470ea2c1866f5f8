using System.Globalization;
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
                Measurement bare = bench.ReadBare(target, seconds, rate);
                table.Add(
                    interpreter.ToString(),
                    "bare reads",
                    Format.Count(rate),
                    Format.Count(double.Parse(bare.Output, CultureInfo.InvariantCulture)),
                    Format.Percent(100 * bare.Cpu.TotalSeconds / seconds, 2),
                    $"{Format.Fixed(bare.Cpu.TotalMicroseconds / seconds / rate, 1)} µs");
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
            "One thread at depth 50. User and system time of the whole profiler process, its start and its output included. Bare reads: 8 bytes and a sleep, "
            + "again and again, in Pyflame's own way and nothing else: the least that a sampler can cost on this machine.",
            table);
    }
}
