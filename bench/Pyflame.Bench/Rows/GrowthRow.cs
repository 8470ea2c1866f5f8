using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>How the cost grows with threads and with depth.</summary>
internal sealed class GrowthRow : IRow
{
    /// <inheritdoc/>
    public string Name => "growth";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        double seconds = bench.Seconds(4, 1);
        var threads = new Table("CPython", "profiler", "threads", "rounds/s", "stacks/s");
        var depths = new Table("CPython", "profiler", "depth", "samples/s");
        foreach (Interpreter interpreter in Workbench.Pythons((3, 13), (3, 15)))
        {
            foreach (int count in new[] { 1, 10, 100, 1000 })
            {
                using Target target = bench.Start(interpreter, "idle.py", 20, count);
                foreach (Tool tool in bench.ToolsFor(interpreter))
                {
                    ToolRun run = bench.Record(tool, target, 0, seconds, allThreads: true, mode: SamplingMode.Nonblocking);
                    double stacks = run.CountStacks() / seconds;
                    threads.Add(
                        interpreter.ToString(), tool.Name, Format.Count(count), Format.Count(stacks / count), Format.Count(stacks));
                }
            }

            foreach (int depth in new[] { 10, 100, 1000 })
            {
                using Target target = bench.Start(interpreter, "depth.py", depth, 1);
                foreach (Tool tool in bench.ToolsFor(interpreter))
                {
                    ToolRun run = bench.Record(tool, target, 0, seconds, mode: SamplingMode.Nonblocking);
                    depths.Add(interpreter.ToString(), tool.Name, Format.Count(depth), Format.Count(run.CountStacks() / seconds));
                }
            }
        }

        bench.Report.AddSection("Growth with threads", "Threads that wait at depth 20, all sampled as fast as it goes.", threads);
        bench.Report.AddSection("Growth with depth", "One busy thread, sampled without pausing as fast as it goes.", depths);
    }
}
