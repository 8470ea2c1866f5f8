using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;

namespace Pyflame.Tests.Python.Snapshots;

/// <summary>A recorded process: <c>NAME.snapshot</c> is its memory, packed, and <c>NAME.json</c> what is known beside it.</summary>
internal sealed record PythonSnapshot(SnapshotFacts Facts, SnapshotMemory Memory)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly DumpOptions s_everything = new() { Mode = SamplingMode.Nonblocking, Names = true, Variables = true };

    /// <summary>Reads a snapshot from a folder.</summary>
    public static PythonSnapshot Load(string folder, string name)
    {
        using FileStream file = File.OpenRead(Path.Combine(folder, name + ".snapshot"));
        using var memory = new MemoryStream();
        using (var unpacked = new BrotliStream(file, CompressionMode.Decompress))
        {
            unpacked.CopyTo(memory);
        }

        memory.Position = 0;
        string facts = File.ReadAllText(Path.Combine(folder, name + ".json"));
        return new PythonSnapshot(JsonSerializer.Deserialize<SnapshotFacts>(facts, s_json)!, SnapshotMemory.Load(memory));
    }

    /// <summary>Writes it into a folder.</summary>
    public void Save(string folder, string name)
    {
        using (FileStream file = File.Create(Path.Combine(folder, name + ".snapshot")))
        using (var packed = new BrotliStream(file, CompressionLevel.SmallestSize))
        {
            Memory.Save(packed);
        }

        File.WriteAllText(Path.Combine(folder, name + ".json"), JsonSerializer.Serialize(Facts, s_json) + "\n");
    }

    /// <summary>Finds the runtime in a memory and dumps all threads, as on a live process.</summary>
    /// <param name="memory">The snapshot's, or one like it.</param>
    /// <param name="facts">What is known of the process.</param>
    /// <param name="runtime">The runtime found.</param>
    /// <exception cref="TargetProcessException">There is no runtime to be found in that memory.</exception>
    public static IReadOnlyList<ThreadDump> Dump(MemoryReader memory, SnapshotFacts facts, out PythonRuntime runtime)
    {
        var target = new SnapshotTarget(memory, facts);
        runtime = PythonRuntime.Locate(target);
        return ThreadDumper.Dump(target, runtime, s_everything);
    }
}
