using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>The time from exec to exit of a dump.</summary>
internal sealed class DumpRow : IRow
{
    private const int Times = 20;

    /// <inheritdoc/>
    public string Name => "dump";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        var table = new Table("CPython", "profiler", "median", "fastest", "slowest");
        foreach (Interpreter interpreter in Workbench.Pythons((3, 13), (3, 15), (3, 8), (2, 7)))
        {
            using Target target = bench.Start(interpreter, "depth.py", 50, 1);
            foreach (Tool tool in bench.ToolsFor(interpreter))
            {
                if (tool.Dump(target.ProcessId) is not { } command)
                {
                    continue;
                }

                // The first one brings the binary into memory.
                double[] all = [.. Enumerable.Range(0, Times + 1)
                    .Select(_ => bench.Command.Run(command, tool.Environment, TimeSpan.FromSeconds(30)).Wall.TotalMilliseconds).Skip(1)];
                double median = Numbers.Median(all);
                table.Add(
                    interpreter.ToString(), tool.Name, $"{Format.Fixed(median, 1)} ms", $"{Format.Fixed(all.Min(), 1)} ms", $"{Format.Fixed(all.Max(), 1)} ms");
                if (tool == bench.Pyflame && interpreter == Workbench.Python313)
                {
                    bench.Report.AddFigure("one dump, exec to exit, median", "≤ 5 ms", $"{Format.Fixed(median, 1)} ms", median <= 5);
                }
            }
        }

        bench.Report.AddSection("One dump", $"The stacks of a process with one thread at depth 50, from exec to exit, {Times} times.", table);
    }
}
