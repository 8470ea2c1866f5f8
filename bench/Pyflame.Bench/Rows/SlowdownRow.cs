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
        var table = new Table("CPython", "profiler", "pairs", "slowdown at 1 kHz, of medians", "95 % confidence", "of means", "95 % confidence");
        foreach (Interpreter interpreter in Workbench.Pythons((3, 13), (3, 15)))
        {
            foreach (Tool tool in bench.ToolsFor(interpreter))
            {
                if (tool == bench.Pyflame && interpreter != Workbench.Python313)
                {
                    continue;
                }

                (List<double> medians, List<double> means) = MeasurePairs(bench, interpreter, tool);
                (double slowdown, double half) = Numbers.MeanWithConfidence(medians);
                (double ofMeans, double halfOfMeans) = Numbers.MeanWithConfidence(means);
                table.Add(
                    interpreter.ToString(),
                    tool.Name,
                    Format.Count(medians.Count),
                    Format.Percent(slowdown, 2),
                    $"± {Format.Percent(half, 2)}",
                    Format.Percent(ofMeans, 2),
                    $"± {Format.Percent(halfOfMeans, 2)}");
                if (tool == bench.Pyflame)
                {
                    // Pairs that scatter more than the mark cannot show that it is kept.
                    bool reached = half <= 1 && Math.Abs(slowdown) <= 1;
                    bench.Report.AddFigure(
                        "slowdown of the target at 1 kHz, auto",
                        "not measurable, within ± 1 %",
                        $"{Format.Percent(slowdown, 2)} ± {Format.Percent(half, 2)}",
                        reached);
                }
            }
        }

        bench.Report.AddSection(
            "Slowdown of the target",
            "The target, one busy thread at depth 50, counts its own iterations, and reports every 50 ms. A pair is some seconds with the profiler and as "
            + "many without, in changing order. Medians are of the reports' rates, which a machine that now and then does something else does not "
            + "change; means are of the whole time.",
            table);
    }

    private static (List<double> Medians, List<double> Means) MeasurePairs(Workbench bench, Interpreter interpreter, Tool tool)
    {
        double seconds = bench.Seconds(tool == bench.Pyflame ? 8 : 4, 1);
        int pairs = bench.IsQuick ? 2 : tool == bench.Pyflame ? 10 : 5;
        using Target target = bench.Start(interpreter, "count.py", 50);
        Workbench.Wait(1);
        List<double> medians = [];
        List<double> means = [];
        for (int i = 0; i < pairs; i++)
        {
            (double Mean, double Median) alone = i % 2 == 0 ? Alone(target, seconds) : default;
            double start = Workbench.Now;
            bench.Record(tool, target, 1000, seconds);
            (double Mean, double Median) profiled = target.IterationRate(start + Start, start + seconds - End);
            alone = i % 2 == 0 ? alone : Alone(target, seconds);
            medians.Add(100 * (1 - (profiled.Median / alone.Median)));
            means.Add(100 * (1 - (profiled.Mean / alone.Mean)));
        }

        return (medians, means);
    }

    private static (double Mean, double Median) Alone(Target target, double seconds)
    {
        double start = Workbench.Now;
        Workbench.Wait(seconds);
        return target.IterationRate(start + Start, start + seconds - End);
    }
}
