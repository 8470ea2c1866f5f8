using System.Globalization;
using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>The distance of a profile to shares of the CPU that are known.</summary>
internal sealed class TruthRow : IRow
{
    // Of bench/targets/shares.py.
    private static readonly double[] s_weights = [1, 2, 3, 5, 8, 13, 21, 34];

    /// <inheritdoc/>
    public string Name => "truth";

    /// <inheritdoc/>
    public void Measure(Workbench bench)
    {
        var table = new Table("CPython", "profiler", "samples", "distance to the truth");
        foreach (Interpreter interpreter in Workbench.Pythons((3, 13), (3, 15), (2, 7)))
        {
            using Target target = bench.Start(interpreter, "shares.py");
            foreach (Tool tool in bench.ToolsFor(interpreter))
            {
                var found = new double[s_weights.Length];
                foreach (CollapsedLine line in bench.Record(tool, target, 1000, bench.Seconds(60, 10)).Lines)
                {
                    int index = Array.FindIndex(s_weights, weight => line.Functions.Contains(NameOf(weight)));
                    if (index >= 0)
                    {
                        found[index] += line.Count;
                    }
                }

                double distance = Numbers.Distance(found, s_weights);
                table.Add(interpreter.ToString(), tool.Name, Format.Count(found.Sum()), Format.Fixed(distance, 4));
                if (tool == bench.Pyflame && interpreter == Workbench.Python313)
                {
                    bench.Report.AddFigure("distance to known shares, 1 kHz", "≤ 0.02", Format.Fixed(distance, 4), distance <= 0.02);
                }
            }
        }

        bench.Report.AddSection(
            "Truth",
            "Eight functions that do 1, 2, 3, 5, 8, 13, 21 and 34 units of the same work, in random order, at 1 kHz. Distance is total "
            + "variation between their shares of the samples and of the work.",
            table);
    }

    private static string NameOf(double weight) => string.Create(CultureInfo.InvariantCulture, $"share_{weight}");
}
