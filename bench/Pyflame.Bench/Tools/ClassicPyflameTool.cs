using Pyflame.Testing;

namespace Pyflame.Bench.Tools;

/// <summary>Another Pyflame, given with <c>--peer</c>: it always stops the target, and knows CPython up to 3.7 or so.</summary>
/// <param name="name">How it is called in tables.</param>
/// <param name="binary">Its path.</param>
internal sealed class ClassicPyflameTool(string name, string binary) : Tool(name)
{
    /// <inheritdoc/>
    public override bool Supports(Interpreter interpreter) => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Record(RecordingRequest request)
    {
        string[] threads = request.AllThreads ? ["--threads"] : [];
        string interval = Text(request.Rate > 0 ? 1 / request.Rate : 0.000001);
        return [binary, "-s", Text(request.Seconds), "-r", interval, .. threads, "-o", request.OutputPath, "-p", Text(request.ProcessId)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Dump(int processId) => [binary, "--dump", "-p", Text(processId)];
}
