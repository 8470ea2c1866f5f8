using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>How much slower the target gets: it counts its own iterations, with and without a profiler in turn.</summary>
internal sealed class SlowdownRow : IRow
{
    // A profiler is at work from here after its start to this long before its end.
    private const double Start = 0.3;
    private const double End = 0.1;

    /// <inheritdoc/>
    public string Name => "slowdown";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        var table = new Table("CPython", "profiler", "pairs", "slowdown at 1 kHz", "95 % confidence");
        foreach (Interpreter interpreter in Workbench.Pythons((3, 13), (3, 15)))
        {
            foreach (Tool tool in bench.ToolsFor(interpreter))
            {
                if (tool == bench.Pyflame && interpreter != Workbench.Python313)
                {
                    continue;
                }

                List<double> slowdowns = MeasurePairs(bench, interpreter, tool);
                (double mean, double half) = Numbers.MeanWithConfidence(slowdowns);
                table.Add(
                    interpreter.ToString(), tool.Name, Format.Count(slowdowns.Count), Format.Percent(mean, 2), $"± {Format.Percent(half, 2)}");
                if (tool == bench.Pyflame)
                {
                    // Pairs that scatter more than the mark cannot show that it is kept.
                    bool reached = half <= 1 && Math.Abs(mean) <= 1;
                    bench.Report.AddFigure(
                        "slowdown of the target at 1 kHz, auto",
                        "not measurable, within ± 1 %",
                        $"{Format.Percent(mean, 2)} ± {Format.Percent(half, 2)}",
                        reached);
                }
            }
        }

        bench.Report.AddSection(
            "Slowdown of the target",
            "The target, one busy thread at depth 50, counts its own iterations. A pair is some seconds with the profiler and as many "
            + "without, in changing order.",
            table);
    }

    private static List<double> MeasurePairs(Workbench bench, Interpreter interpreter, Tool tool)
    {
        double seconds = bench.Seconds(4, 1);
        int pairs = bench.IsQuick ? 2 : tool == bench.Pyflame ? 10 : 5;
        using Target target = bench.Start(interpreter, "count.py", 50);
        Workbench.Wait(1);
        List<double> slowdowns = [];
        for (int i = 0; i < pairs; i++)
        {
            double alone = i % 2 == 0 ? Alone(target, seconds) : 0;
            double start = Workbench.Now;
            bench.Record(tool, target, 1000, seconds);
            double profiled = target.IterationRate(start + Start, start + seconds - End);
            alone = i % 2 == 0 ? alone : Alone(target, seconds);
            slowdowns.Add(100 * (1 - (profiled / alone)));
        }

        return slowdowns;
    }

    private static double Alone(Target target, double seconds)
    {
        double start = Workbench.Now;
        Workbench.Wait(seconds);
        return target.IterationRate(start + Start, start + seconds - End);
    }
}
