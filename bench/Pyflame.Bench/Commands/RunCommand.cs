using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Rows;
using Pyflame.Bench.Tools;

namespace Pyflame.Bench.Commands;

/// <summary>Measures the rows that are asked for and writes the report.</summary>
internal static class RunCommand
{
    // Above this many runnable programs besides ours the figures are no good.
    private const double QuietLoad = 1.5;

    private static readonly IRow[] s_rows =
    [
        new ThroughputRow(), new CpuRow(), new SlowdownRow(), new ManyThreadsRow(), new IdleThreadsRow(), new ReadingRow(),
        new GrowthRow(), new ImpossibleRow(), new BiasRow(), new TruthRow(), new OrdinaryRow(), new DumpRow(), new MemoryRow(),
    ];

    public static int Run(IReadOnlyList<string> words)
    {
        var arguments = new Arguments(
            words, "pyflame", "measure", "targets", "results", "machine", "austin", "peer", "quick", "rows");
        IRow[] rows = SelectRows(arguments.Text("rows"));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pyflame-bench-");
        try
        {
            var command = new MeasuredCommand(arguments.Required("measure"), folder.FullName);
            string binary = arguments.Required("pyflame");
            var pyflame = new PyflameTool(binary, Environment.ProcessPath!) { Version = ToolSet.VersionOf(command, [binary, "--version"]) };
            List<string> missing = [];
            List<Tool> peers = ToolSet.FindPeers(arguments.Text("austin"), arguments.Texts("peer"), command, missing);
            bool quick = arguments.Has("quick");
            var bench = new Workbench(quick, pyflame, peers, command, arguments.Required("targets"), folder.FullName);
            (string loadBefore, double loadBeforeNow) = (Machine.Load, Machine.LoadNow);
            DateTimeOffset start = DateTimeOffset.UtcNow;
            List<string> failed = [];
            foreach (IRow row in rows)
            {
                Console.WriteLine($"{row.Name} (load {Machine.Load})");
                try
                {
                    row.Measure(bench);
                }
                catch (InvalidOperationException exception)
                {
                    // What the other rows found is worth having all the same.
                    failed.Add($"{row.Name}: {exception.Message.Split('\n')[0]}");
                    Console.WriteLine($"  failed: {exception.Message}");
                }
            }

            double most = Math.Max(loadBeforeNow, bench.MostLoadBetween);
            string heading = Heading(quick, start, loadBefore, bench.MostLoadBetween, most > QuietLoad + 2, [pyflame, .. peers], [.. missing, .. failed]);
            string machine = arguments.Text("machine") ?? Machine.FileName;
            string path = Path.Combine(arguments.Required("results"), quick ? $"{machine}-quick.md" : $"{machine}.md");
            File.WriteAllText(path, bench.Report.ToMarkdown(heading));
            Console.WriteLine($"written to {path}");
            return failed.Count == 0 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IRow[] SelectRows(string? names)
    {
        if (names is null)
        {
            return s_rows;
        }

        return [.. names.Split(',').Select(name => s_rows.FirstOrDefault(row => row.Name == name)
            ?? throw new FormatException($"there is no row '{name}'; there are {string.Join(", ", s_rows.Select(row => row.Name))}"))];
    }

    private static string Heading(
        bool quick, DateTimeOffset start, string loadBefore, double mostLoad, bool disturbed, IEnumerable<Tool> tools, List<string> missing) =>
        $"""
        # What profiling costs, and how true it is

        Written by `./build.sh bench{(quick ? " --quick" : string.Empty)}` on {start:yyyy-MM-dd}. Every count is taken from what the profiler wrote, CPU
        time and peak memory are wait4(2)'s for the whole profiler process, and runs of different profilers take turns.

        - machine: {Machine.Processor}, {Environment.ProcessorCount} cores, {Machine.Gibibytes:F0} GiB, {Machine.Kernel}
        - load average before (1, 5, 15 minutes): {loadBefore}; after: {Machine.Load}; the highest seen between rows: {mostLoad:F1}
        {string.Join('\n', tools.Select(tool => $"- {tool.Name}: {tool.Version}"))}
        {string.Join('\n', missing.Select(text => $"- not measured: {text}"))}
        {(disturbed ? "\n**The machine was busy with other work during this run: rates are low and times high, by a factor of two and more.**\n" : string.Empty)}
        """;
}
