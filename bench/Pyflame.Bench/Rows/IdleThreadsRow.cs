using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>The profiler's CPU for 1,000 threads that wait.</summary>
internal sealed class IdleThreadsRow : IRow
{
    /// <inheritdoc/>
    public string Name => "idle1000";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        var table = new Table("CPython", "profiler", "rounds/s", "% of a core");
        double seconds = bench.Seconds(10, 3);
        foreach (Interpreter interpreter in Workbench.Pythons((3, 13), (3, 15)))
        {
            using Target target = bench.Start(interpreter, "idle.py", 20, 1000);
            foreach (Tool tool in bench.ToolsFor(interpreter))
            {
                ToolRun run = bench.Record(tool, target, 100, seconds, allThreads: true);
                table.Add(
                    interpreter.ToString(), tool.Name, Format.Fixed(run.CountStacks() / seconds / 1000, 1), Format.Percent(run.CorePercent));
                if (tool == bench.Pyflame && interpreter == Workbench.Python313)
                {
                    bench.Report.AddFigure(
                        "1,000 idle threads at 100 Hz", "≤ 10 % of a core", Format.Percent(run.CorePercent), run.CorePercent <= 10);
                }
            }
        }

        bench.Report.AddSection("A thousand idle threads", "1,000 threads that wait for a lock at depth 20, all sampled at 100 Hz.", table);
    }
}
