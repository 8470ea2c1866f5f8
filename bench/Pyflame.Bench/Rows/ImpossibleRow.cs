using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>Stacks in the output that never were, on programs that change their stack as fast as Python can.</summary>
internal sealed class ImpossibleRow : IRow
{
    private static readonly (string Script, KnownStacks Known)[] s_programs =
        [("pairs.py", KnownStacks.Pairs), ("chains.py", KnownStacks.Chains)];

    /// <inheritdoc/>
    public string Name => "impossible";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        var table = new Table("CPython", "program", "threads", "profiler", "stacks", "impossible", "proven", "paused", "lost");
        IEnumerable<Interpreter> interpreters = bench.IsQuick ? Workbench.Pythons((2, 7), (3, 8), (3, 13)) : Workbench.EachVersion;
        long autoImpossible = 0;
        double worstNonblocking = 0;
        foreach (Interpreter interpreter in interpreters)
        {
            foreach ((string script, KnownStacks known) in s_programs)
            {
                foreach (int threads in new[] { 1, 8 })
                {
                    using Target target = bench.Start(interpreter, script, threads);
                    autoImpossible += MeasureOwn(bench, table, target, script, known, threads, SamplingMode.Auto).Impossible;
                    (long impossible, long stacks) = MeasureOwn(bench, table, target, script, known, threads, SamplingMode.Nonblocking);
                    worstNonblocking = Math.Max(worstNonblocking, impossible == 0 ? 0 : (double)impossible / stacks);
                    if (threads == 1)
                    {
                        MeasurePeers(bench, table, target, script, known);
                    }
                }
            }
        }

        bench.Report.AddFigure("impossible stacks, auto", "0", Format.Count(autoImpossible), autoImpossible == 0);
        bench.Report.AddFigure(
            "impossible stacks, nonblocking, the worst case",
            "≤ 1 in 100,000",
            $"{Format.Fixed(worstNonblocking * 100_000)} in 100,000",
            worstNonblocking <= 1e-5);
        bench.Report.AddSection(
            "Impossible stacks",
            "`pairs.py` alternates main-a-b-leaf and main-c-d-leaf flat out, `chains.py` two chains of 30 functions with nothing in them. "
            + "Stacks are those in the output, of a million rounds as fast as it goes with one thread and an eighth of that with eight; peers at "
            + "their fastest for some seconds. Proven, paused and lost are Pyflame's own counts.",
            table);
    }

    private static (long Impossible, long Stacks) MeasureOwn(
        Workbench bench, Table table, Target target, string script, KnownStacks known, int threads, SamplingMode mode)
    {
        long rounds = (bench.IsQuick ? 100_000 : 1_000_000) / threads;
        ToolRun run = bench.Record(
            bench.Pyflame, target, 0, bench.Seconds(30, 10), threads > 1, mode, rounds, withStatistics: true);
        IReadOnlyDictionary<string, double> statistics = run.ReadStatistics();
        (long impossible, long stacks) = Count(run, known);
        table.Add(
            target.Interpreter.ToString(),
            script,
            Format.Count(threads),
            $"pyflame, {mode.ToString().ToLowerInvariant()}",
            Format.Count(stacks),
            Format.Count(impossible),
            Format.Count(statistics["proven"]),
            Format.Count(statistics["paused"]),
            Format.Count(statistics["lost"]));
        return (impossible, stacks);
    }

    private static void MeasurePeers(Workbench bench, Table table, Target target, string script, KnownStacks known)
    {
        foreach (Tool peer in bench.Peers.Where(peer => peer.Supports(target.Interpreter)))
        {
            (long impossible, long stacks) = Count(bench.Record(peer, target, 0, bench.Seconds(3, 1), mode: SamplingMode.Nonblocking), known);
            table.Add(
                target.Interpreter.ToString(),
                script,
                "1",
                peer.Name,
                Format.Count(stacks),
                stacks == 0 ? "-" : $"{Format.Count(impossible)} ({Format.Percent(100.0 * impossible / stacks)})",
                string.Empty,
                string.Empty,
                string.Empty);
        }
    }

    private static (long Impossible, long Stacks) Count(ToolRun run, KnownStacks known)
    {
        long impossible = 0;
        long stacks = 0;
        foreach (CollapsedLine line in run.Lines)
        {
            if (line.IsStack)
            {
                stacks += line.Count;
                impossible += known.IsPossible(line.Functions) ? 0 : line.Count;
            }
        }

        return (impossible, stacks);
    }
}
