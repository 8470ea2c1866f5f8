using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>How often ordinary programs must be paused.</summary>
internal sealed class OrdinaryRow : IRow
{
    /// <inheritdoc/>
    public string Name => "ordinary";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        var table = new Table("CPython", "program", "samples", "proven", "paused", "lost", "stopped time");
        double worst = 0;
        foreach (Interpreter interpreter in bench.IsQuick ? Workbench.Pythons((3, 13)) : Workbench.Pythons((3, 15), (3, 13), (3, 11), (3, 8), (2, 7)))
        {
            foreach (string kind in new[] { "web", "json", "sorting", "regex" })
            {
                using Target target = bench.Start(interpreter, "ordinary.py", kind);
                ToolRun run = bench.Record(bench.Pyflame, target, 1000, bench.Seconds(10, 3), withStatistics: true);
                IReadOnlyDictionary<string, double> statistics = run.ReadStatistics();
                double taken = statistics["samples"] + statistics["lost"];
                double paused = 100 * statistics["paused"] / taken;
                table.Add(
                    interpreter.ToString(),
                    kind,
                    Format.Count(run.CountStacks()),
                    Format.Percent(100 * statistics["proven"] / taken),
                    Format.Percent(paused),
                    Format.Percent(100 * statistics["lost"] / taken, 2),
                    Format.Percent(100 * statistics["stopped"] / statistics["seconds"], 2));
                if (interpreter == Workbench.Python313)
                {
                    worst = Math.Max(worst, paused);
                }
            }
        }

        bench.Report.AddFigure("ordinary programs, share of samples paused for, the worst", "≤ 10 %", Format.Percent(worst), worst <= 10);
        bench.Report.AddSection(
            "Ordinary programs",
            "At 1 kHz, auto: handlers of a WSGI application, json, sorting with a key function, regular expressions over log lines.",
            table);
    }
}
