using Pyflame.Testing;

namespace Pyflame.Bench.Tools;

/// <summary>Debian's austin, in a folder of its own with the libraries that it links against.</summary>
/// <param name="root">The folder.</param>
internal sealed class AustinTool(string root) : Tool("austin")
{
    /// <inheritdoc/>
    public override bool IsAustin => true;

    // It does not find the interpreter of a target that runs under chroot, and searches for minutes.
    /// <inheritdoc/>
    public override bool Supports(Interpreter interpreter) =>
        !interpreter.IsContained && interpreter.Version is { Major: 3, Minor: >= 8 and <= 13 };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Record(RecordingRequest request) =>
    [
        .. Start(root, "austin"),
        "-i", Text(request.Rate > 0 ? 1_000_000 / request.Rate : 1),
        "-x", Text(Math.Max(1, Math.Round(request.Seconds))),
        "-o", request.OutputPath,
        "-p", Text(request.ProcessId),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Dump(int processId) => [.. Start(root, "austin"), "-w", Text(processId)];

    /// <summary>The beginning of every command.</summary>
    public static IReadOnlyList<string> Start(string root, string program) =>
    [
        $"{root}/lib64/ld-linux-x86-64.so.2", "--library-path", $"{root}/usr/lib/x86_64-linux-gnu", $"{root}/usr/bin/{program}",
    ];
}
