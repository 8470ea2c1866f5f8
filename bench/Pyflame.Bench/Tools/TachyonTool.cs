using Pyflame.Testing;

namespace Pyflame.Bench.Tools;

/// <summary>
/// CPython's own sampling profiler (<c>profiling.sampling</c>, called Tachyon), which profiles its own version only. It runs outside of
/// the folder that its interpreter lies in, as it needs /proc.
/// </summary>
/// <param name="interpreter">Debian's python3.15.</param>
internal sealed class TachyonTool(Interpreter interpreter) : Tool("tachyon")
{
    private const double FastestRate = 1_000_000;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["PYTHONHOME"] = $"{interpreter.Root}/usr",
        ["LC_ALL"] = "C.UTF-8",
    };

    /// <inheritdoc/>
    public override bool Supports(Interpreter other) =>
        other.Version.Major == interpreter.Version.Major && other.Version.Minor == interpreter.Version.Minor;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Record(RecordingRequest request) => RecordWith(request);

    /// <summary>The command that records, with further options.</summary>
    public IReadOnlyList<string> RecordWith(RecordingRequest request, params IEnumerable<string> options)
    {
        string[] threads = request.AllThreads ? ["--all-threads"] : [];
        return
        [
            .. Start(), "attach", "--collapsed", "-o", request.OutputPath,
            "-r", Text(request.Rate > 0 ? request.Rate : FastestRate), "-d", Text(Math.Max(1, Math.Round(request.Seconds))), .. threads, .. options,
            Text(request.ProcessId),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Dump(int processId) => [.. Start(), "dump", "--all-threads", Text(processId)];

    private IEnumerable<string> Start() =>
    [
        .. AustinTool.Start(interpreter.Root, Path.GetFileName(interpreter.Executable)), "-m", "profiling.sampling",
    ];
}
