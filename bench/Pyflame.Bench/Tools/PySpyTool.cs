using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.Bench.Tools;

/// <summary>py-spy, given with <c>--peer</c>.</summary>
/// <param name="name">How it is called in tables.</param>
/// <param name="binary">Its path.</param>
internal sealed class PySpyTool(string name, string binary) : Tool(name)
{
    // It takes no zero; more than any machine reaches.
    private const double FastestRate = 100_000;

    /// <inheritdoc/>
    public override bool Supports(Interpreter interpreter) => interpreter.Version.Minor <= 13;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Record(RecordingRequest request)
    {
        string[] nonblocking = request.Mode == SamplingMode.Blocking ? [] : ["--nonblocking"];
        string[] idle = request.AllThreads ? ["--idle"] : [];
        return
        [
            binary, "record", "--format", "raw", "--rate", Text(request.Rate > 0 ? request.Rate : FastestRate),
            "--duration", Text(Math.Max(1, Math.Round(request.Seconds))), .. nonblocking, .. idle,
            "--output", request.OutputPath, "--pid", Text(request.ProcessId),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Dump(int processId) => [binary, "dump", "--pid", Text(processId)];
}
