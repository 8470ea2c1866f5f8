using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>Whether what could not be proven makes the profile lean: the depths recorded on two chains of 30, at 1 kHz.</summary>
internal sealed class BiasRow : IRow
{
    private const int Length = 30;

    /// <inheritdoc/>
    public string Name => "bias";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        var table = new Table("CPython", "profiler", "samples", "distance to blocking", "distance to even", "paused", "lost");
        foreach (Interpreter interpreter in Workbench.Pythons((3, 13), (3, 8), (3, 15)))
        {
            using Target target = bench.Start(interpreter, "chains.py", 1);
            Collected blocking = new("pyflame, blocking");
            List<Collected> all = [new("pyflame, auto"), new("pyflame, nonblocking"), blocking];
            Dictionary<Tool, Collected> peers = bench.Peers.Where(peer => peer.Supports(interpreter))
                .ToDictionary(peer => peer, peer => new Collected(peer.Name));
            int turns = bench.IsQuick ? 1 : 4;
            double seconds = bench.Seconds(15, 3);
            for (int turn = 0; turn < turns; turn++)
            {
                foreach ((Collected collected, SamplingMode mode) in all.Zip(
                    [SamplingMode.Auto, SamplingMode.Nonblocking, SamplingMode.Blocking]))
                {
                    collected.Add(bench.Record(bench.Pyflame, target, 1000, seconds, mode: mode, withStatistics: true, jitter: true), true);
                }

                foreach ((Tool peer, Collected collected) in peers)
                {
                    collected.Add(bench.Record(peer, target, 1000, seconds), false);
                }
            }

            foreach (Collected collected in all.Concat(peers.Values))
            {
                table.Add(
                    interpreter.ToString(),
                    collected.Name,
                    Format.Count(collected.Samples),
                    Format.Fixed(Numbers.Distance(collected.Depths, blocking.Depths), 3),
                    Format.Fixed(Numbers.Distance(collected.Depths, Enumerable.Repeat(1.0, Length).ToArray()), 3),
                    Format.Percent(collected.PausedPercent, 2),
                    Format.Percent(collected.LostPercent, 2));
            }

            if (interpreter == Workbench.Python313)
            {
                double distance = Numbers.Distance(all[0].Depths, blocking.Depths);
                bench.Report.AddFigure(
                    "two chains of 30 at 1 kHz, auto: distance of the depths to blocking's", "≤ 0.05", Format.Fixed(distance, 3), distance <= 0.05);
                bench.Report.AddFigure(
                    "two chains of 30 at 1 kHz, auto: lost", "≤ 0.1 %", Format.Percent(all[0].LostPercent, 3), all[0].LostPercent <= 0.1);
            }
        }

        bench.Report.AddSection(
            "Bias",
            "`chains.py`, one thread, at 1 kHz, Pyflame with jitter, since the program repeats itself and falls in step with even rounds: how many "
            + "functions of a chain (1 to 30) the stacks have. Distance is total variation; even is as many of each. By chance alone it is about 0.01 for "
            + "60,000 samples.",
            table);
    }

    private sealed class Collected(string name)
    {
        private double _taken;
        private double _paused;
        private double _lost;

        public string Name => name;

        public double[] Depths { get; } = new double[Length];

        public double Samples => Depths.Sum();

        public double PausedPercent => 100 * _paused / _taken;

        public double LostPercent => 100 * _lost / _taken;

        public void Add(ToolRun run, bool withStatistics)
        {
            foreach (CollapsedLine line in run.Lines)
            {
                int depth = KnownStacks.Chains.DepthInChain(line.Functions);
                if (depth > 0)
                {
                    Depths[depth - 1] += line.Count;
                }
            }

            if (withStatistics)
            {
                IReadOnlyDictionary<string, double> statistics = run.ReadStatistics();
                _taken += statistics["samples"] + statistics["lost"];
                _paused += statistics["paused"];
                _lost += statistics["lost"];
            }
            else
            {
                _taken = double.NaN;
            }
        }
    }
}
