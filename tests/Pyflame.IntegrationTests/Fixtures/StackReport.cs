using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pyflame.Testing;

/// <summary>What a target reports of itself before it blocks; written by <c>Targets/stack_report.py</c>.</summary>
/// <param name="Version">The interpreter's version.</param>
/// <param name="ProcessId">The process id as the target sees it.</param>
/// <param name="Threads">All threads that run Python, in no certain order.</param>
public sealed record StackReport(Version Version, int ProcessId, IReadOnlyList<ReportedThread> Threads)
{
    /// <summary>The main thread.</summary>
    public ReportedThread MainThread => Threads.Single(thread => thread.IsMain);

    /// <summary>Reads the lines that the target printed before READY.</summary>
    public static StackReport Parse(IReadOnlyList<string> lines)
    {
        Header header = JsonSerializer.Deserialize<Header>(lines[0])!;
        return new StackReport(
            new Version(header.Version[0], header.Version[1], header.Version[2]),
            header.ProcessId,
            [.. lines.Skip(1).Select(line => JsonSerializer.Deserialize<ThreadLine>(line)!.ToThread())]);
    }

    private sealed record Header(
        [property: JsonPropertyName("version")] int[] Version,
        [property: JsonPropertyName("pid")] int ProcessId);

    private sealed record ThreadLine(
        [property: JsonPropertyName("ident")] ulong Identifier,
        [property: JsonPropertyName("native_id")] int NativeId,
        [property: JsonPropertyName("name")] string Name,
        [property: JsonPropertyName("is_main")] bool IsMain,
        [property: JsonPropertyName("frames")] FrameEntry[] Frames)
    {
        public ReportedThread ToThread() =>
            new(Identifier, NativeId, Name, IsMain, [.. Frames.Select(frame => frame.ToFrame())]);
    }

    private sealed record FrameEntry(
        [property: JsonPropertyName("file")] string File,
        [property: JsonPropertyName("line")] int Line,
        [property: JsonPropertyName("name")] string Name,
        [property: JsonPropertyName("qualname")] string? QualifiedName,
        [property: JsonPropertyName("first_line")] int FirstLine)
    {
        public ReportedFrame ToFrame() => new(File, Line, Name, QualifiedName, FirstLine);
    }
}
