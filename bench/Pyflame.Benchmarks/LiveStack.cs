using Pyflame.Bench.Measuring;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Testing;

namespace Pyflame.Benchmarks;

/// <summary>A real thread at depth 50, and a reader that knows where its stack is.</summary>
internal sealed class LiveStack : IDisposable
{
    private readonly Target _program;

    public LiveStack(string version)
    {
        Interpreter interpreter = InterpreterCatalog.All.First(
            known => known.Version.ToString(2) == version && known.Origin != InterpreterOrigin.DebianShared && !known.IsFreeThreaded);
        _program = Target.Start(Path.Combine(AppContext.BaseDirectory, "targets"), interpreter, "depth.py", 50, 1);
        Process = TargetProcess.Attach(_program.ProcessId);
        Runtime = PythonRuntime.Locate(Process);
        Span<InterpreterState> interpreters = new InterpreterState[1];
        Runtime.ReadInterpreters(interpreters);
        Memory.TryReadAddress(interpreters[0].Address + Runtime.Offsets.InterpreterState.ThreadsHead, out RemoteAddress thread);
        Reader = new StackReader(Runtime.Offsets, thread, new CodeObjectCache(Memory, Runtime.Offsets));
        if (new StackProof().TryRead(Memory, Reader, 1000) != StackStatus.Complete)
        {
            throw new InvalidOperationException("The stack of the target cannot be read.");
        }
    }

    public TargetProcess Process { get; }

    public PythonRuntime Runtime { get; }

    public MemoryReader Memory => Process.Memory;

    public StackReader Reader { get; }

    /// <summary>The bytes of two samples: one with the leaf running, one without.</summary>
    public (byte[] Leaf, byte[] Caller) ReadTwo()
    {
        byte[]? leaf = null;
        byte[]? caller = null;
        int deepest = 0;
        while (leaf is null || caller is null)
        {
            var sample = new byte[Reader.ByteCount];
            if (Memory.ReadMany(Reader.Ranges, sample) < sample.Length || Reader.Decode(sample) != StackStatus.Complete)
            {
                continue;
            }

            if (Reader.Depth > deepest)
            {
                deepest = Reader.Depth;
                caller = leaf;
                leaf = sample;
            }
            else if (Reader.Depth == deepest - 1)
            {
                caller = sample;
            }
        }

        return (leaf, caller);
    }

    public void Dispose()
    {
        Process.Dispose();
        _program.Dispose();
    }
}
