using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>What it costs to read more than stacks: states of threads, tasks, labels and greenlets.</summary>
internal sealed class ReadingRow : IRow
{
    private static readonly string[] s_states = ["wall", "active", "cpu", "gil"];
    private static readonly string[] s_withGevent = ["3.11", "3.13", "3.14"];
    private static readonly string[] s_tachyonModes = ["wall", "cpu", "gil"];

    /// <inheritdoc/>
    public string Name => "reading";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        MeasureStates(bench);
        MeasureRest(bench);
    }

    private static void MeasureStates(Workbench bench)
    {
        const double rate = 100;
        var table = new Table("CPython", "threads", "profiler", "what is read", "% of a core", "CPU a thread and round");
        double seconds = bench.Seconds(5, 2);
        foreach (Interpreter interpreter in Workbench.Pythons((3, 13), (3, 15)))
        {
            foreach (int threads in new[] { 20, 1000 })
            {
                using Target target = bench.Start(interpreter, "idle.py", 20, threads);
                Add(bench.Record(bench.Pyflame, target, rate, seconds, allThreads: true), "stacks only");
                foreach (string mode in s_states)
                {
                    Add(
                        bench.RecordBy(bench.Pyflame, target, rate, seconds, request => bench.Pyflame.RecordWith(request, $"--mode={mode}")),
                        $"stacks and states, --mode {mode}");
                }

                if (bench.ToolsFor(interpreter).OfType<TachyonTool>().FirstOrDefault() is { } tachyon)
                {
                    foreach (string mode in s_tachyonModes)
                    {
                        Add(
                            bench.RecordBy(tachyon, target, rate, seconds, request => tachyon.RecordWith(request, "--mode", mode)),
                            $"--mode {mode}");
                    }
                }

                void Add(ToolRun run, string what) => table.Add(
                    interpreter.ToString(),
                    Format.Count(threads),
                    run.Tool.Name,
                    what,
                    Format.Percent(run.CorePercent, 2),
                    $"{Format.Fixed(run.Cost.Cpu.TotalMicroseconds / (rate * seconds * threads), 2)} µs");
            }
        }

        bench.Report.AddSection(
            "States of threads", "Threads that wait for a lock at depth 20, all sampled at 100 Hz, with what the kernel says of each and without.", table);
    }

    private static void MeasureRest(Workbench bench)
    {
        const double rate = 1000;
        var table = new Table("CPython", "target", "profiler", "what is read", "samples/s", "% of a core", "CPU a sample");
        double seconds = bench.Seconds(5, 2);
        foreach (Interpreter interpreter in Workbench.Pythons((3, 13), (3, 15)))
        {
            using Target target = bench.Start(interpreter, "tasks.py", 20);
            string[] path = ["--tag=path=loop:request[path]"];
            string[] three = [.. path, "--tag=whole=loop:request", "--tag=number=leaf:number[path]"];
            foreach ((string what, string[] options) in new (string, string[])[] { ("stacks and states", []), ("tasks", ["--tasks"]), ("a label", path), ("three labels", three) })
            {
                Add("a task at depth 20", target, bench.RecordBy(bench.Pyflame, target, rate, seconds, request => bench.Pyflame.RecordWith(request, options)), what);
            }

            if (bench.ToolsFor(interpreter).OfType<TachyonTool>().FirstOrDefault() is { } tachyon)
            {
                Add("a task at depth 20", target, bench.RecordBy(tachyon, target, rate, seconds, request => tachyon.RecordWith(request with { AllThreads = false })), "stacks");
                Add("a task at depth 20", target, bench.RecordBy(tachyon, target, rate, seconds, request => tachyon.RecordWith(request with { AllThreads = false }, "--async-aware")), "tasks");
            }
        }

        foreach (Interpreter interpreter in s_withGevent.Select(InterpreterCatalog.WithGevent).OfType<Interpreter>())
        {
            foreach (int greenlets in new[] { 1, 3 })
            {
                using Target target = bench.Start(interpreter, "greenlets.py", 30, greenlets);
                ToolRun run = bench.RecordBy(bench.Pyflame, target, rate, seconds, request => bench.Pyflame.RecordWith(request));
                Add($"depth 30 in {greenlets} {(greenlets == 1 ? "stack" : "greenlets")}", target, run, "stacks and states");
            }
        }

        bench.Report.AddSection(
            "Tasks, labels and greenlets", "One busy thread at 1 kHz. The task calls a function whose argument is a dict; the greenlets are one in another.", table);

        void Add(string what, Target target, ToolRun run, string reading)
        {
            long samples = run.CountStacks();
            table.Add(
                target.Interpreter.ToString(),
                what,
                run.Tool.Name,
                reading,
                Format.Count(samples / seconds),
                Format.Percent(run.CorePercent, 2),
                $"{Format.Fixed(run.Cost.Cpu.TotalMicroseconds / Math.Max(1, samples), 1)} µs");
        }
    }
}
