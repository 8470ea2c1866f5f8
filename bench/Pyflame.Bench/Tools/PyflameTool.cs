using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.Bench.Tools;

/// <summary>
/// This Pyflame: the native binary where its command line can do what is asked, else the recorder of this harness, which goes the same
/// way from attaching to collapsed output.
/// </summary>
/// <param name="binary">dist/pyflame.</param>
/// <param name="recorder">This program.</param>
internal sealed class PyflameTool(string binary, string recorder) : Tool("pyflame")
{
    /// <inheritdoc/>
    public override bool Supports(Interpreter interpreter) => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Record(RecordingRequest request)
    {
        string[] threads = request.AllThreads ? ["--threads"] : [];
        return request is { Mode: SamplingMode.Auto, Rounds: null, Rate: > 0 }
            ? [binary, "-s", Text(request.Seconds), "-r", Text(1 / request.Rate), .. threads, "-o", request.OutputPath, "-p", Text(request.ProcessId)]
            : RecordWithStatistics(request);
    }

    /// <summary>The command <c>pyflame record</c> with further options.</summary>
    public IReadOnlyList<string> RecordWith(RecordingRequest request, params IEnumerable<string> options) =>
    [
        binary, "record", $"--pid={request.ProcessId}", $"--duration={Text(request.Seconds)}", $"--rate={Text(request.Rate)}", "--format=collapsed",
        $"--output={request.OutputPath}", .. options,
    ];

    /// <summary>The command that records and also tells how it went.</summary>
    public IReadOnlyList<string> RecordWithStatistics(RecordingRequest request) =>
    [
        recorder,
        "record",
        $"--pid={request.ProcessId}",
        $"--seconds={Text(request.Seconds)}",
        $"--rate={Text(request.Rate)}",
        $"--rounds={request.Rounds ?? 0}",
        $"--jitter={(request.Jitter ? 1 : 0)}",
        $"--mode={request.Mode}",
        $"--threads={(request.AllThreads ? "all" : "gil")}",
        $"--output={request.OutputPath}",
        $"--statistics={request.StatisticsPath}",
    ];

    /// <summary>The command that makes so many bare reads a second, or as many as are possible where that is 0, and prints how many there were.</summary>
    public IReadOnlyList<string> ReadRate(int processId, double seconds, double rate) =>
        [recorder, "read-rate", $"--pid={processId}", $"--seconds={Text(seconds)}", $"--rate={Text(rate)}"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Dump(int processId) => [binary, "--dump", "-p", Text(processId)];
}
