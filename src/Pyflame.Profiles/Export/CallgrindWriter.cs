using System.Globalization;
using System.Text;

namespace Pyflame.Profiles.Export;

/// <summary>
/// Callgrind's profile format (https://valgrind.org/docs/manual/cl-format.html), which callgrind_annotate and kcachegrind read:
/// samples and nanoseconds for each line, and for each call from a line. How often a function was called is not known to a
/// sampler; the samples stand in for it.
/// </summary>
public sealed class CallgrindWriter : IProfileWriter
{
    /// <inheritdoc/>
    public string Name => "callgrind";

    /// <inheritdoc/>
    public string Description => "callgrind's format, for kcachegrind and callgrind_annotate";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".callgrind", ".callgrind.out"];

    /// <inheritdoc/>
    public bool NeedsTimeOrder => false;

    /// <inheritdoc/>
    public bool GroupsByProcess => true;

    /// <inheritdoc/>
    public void Write(Profile profile, Stream destination, ExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var costs = new FunctionCosts(profile, options);
        long interval = profile.Circumstances.IntervalNanoseconds;
        using var writer = new StreamWriter(destination, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine("# callgrind format");
        writer.WriteLine("version: 1");
        writer.WriteLine($"creator: pyflame {OneLine(profile.Circumstances.PyflameVersion)}");
        writer.WriteLine($"pid: {Number(profile.Processes.Count > 0 ? profile.Processes[0].ProcessId : 0)}");
        writer.WriteLine($"cmd: {OneLine(profile.Processes.Count > 0 ? profile.Processes[0].CommandLine : string.Empty)}");
        writer.WriteLine("part: 1");
        writer.WriteLine("positions: line");
        writer.WriteLine("event: Nanoseconds : Time in nanoseconds");
        writer.WriteLine("events: Nanoseconds Samples");
        writer.WriteLine($"summary: {Cost(costs.TotalWeight, interval)}");

        var names = new Names();
        var own = costs.Own.OrderBy(cost => cost.Key.Line).ToLookup(cost => cost.Key.Function);
        var calls = costs.Calls.OrderBy(call => call.Key.Line).ToLookup(call => call.Key.Caller);
        for (int function = 0; function < costs.Count; function++)
        {
            writer.WriteLine();
            writer.WriteLine($"fl={names.File(costs[function])}");
            writer.WriteLine($"fn={names.Function(costs[function])}");
            foreach (((_, int line), long weight) in own[function])
            {
                writer.WriteLine($"{Number(line)} {Cost(weight, interval)}");
            }

            foreach (((_, int line, int callee), long weight) in calls[function])
            {
                writer.WriteLine($"cfi={names.File(costs[callee])}");
                writer.WriteLine($"cfn={names.Function(costs[callee])}");
                writer.WriteLine($"calls={Number(weight)} {Number(costs[callee].FirstLineNumber)}");
                writer.WriteLine($"{Number(line)} {Cost(weight, interval)}");
            }
        }

        writer.WriteLine();
        writer.WriteLine($"totals: {Cost(costs.TotalWeight, interval)}");
    }

    private static string Cost(long weight, long interval) => $"{Number(weight * interval)} {Number(weight)}";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string OneLine(string text) => FrameText.OneLine(text);

    /// <summary>Names by number; each is spelled out where it first appears.</summary>
    private sealed class Names
    {
        private readonly Dictionary<string, int> _files = new(StringComparer.Ordinal);
        private readonly Dictionary<(string, string, int), int> _functions = [];

        // "???" is what callgrind itself says where it does not know.
        public string File(ShownFrame function) =>
            Numbered(_files, function.FileName, function.FileName.Length == 0 ? "???" : OneLine(function.FileName));

        public string Function(ShownFrame function) =>
            Numbered(_functions, (function.FileName, function.Name, function.FirstLineNumber), OneLine(function.Name));

        private static string Numbered<T>(Dictionary<T, int> numbers, T key, string text)
            where T : notnull
        {
            if (numbers.TryGetValue(key, out int number))
            {
                return $"({Number(number)})";
            }

            numbers.Add(key, numbers.Count + 1);
            return $"({Number(numbers.Count)}) {text}";
        }
    }
}
