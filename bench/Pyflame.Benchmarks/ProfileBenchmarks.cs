using BenchmarkDotNet.Attributes;
using Pyflame.Profiles;

namespace Pyflame.Benchmarks;

/// <summary>What the profile does with a sample.</summary>
[MemoryDiagnoser]
public class ProfileBenchmarks
{
    private const int Depth = 50;

    private readonly StackTable _stacks = new();
    private readonly StackCounts _counts = new();
    private readonly SampleLog _log = new();
    private StackId _leaf;
    private long _time;

    [GlobalSetup]
    public void Setup()
    {
        _leaf = InternStack();
        AddCount();
    }

    [Benchmark(Description = "intern a known stack of 50", OperationsPerInvoke = 1)]
    public StackId InternStack()
    {
        StackId stack = default;
        for (int i = 0; i < Depth; i++)
        {
            stack = _stacks.Intern(stack, new FrameId(i));
        }

        return stack;
    }

    [Benchmark(Description = "count a sample")]
    public void AddCount() => _counts.Add(new Sample(0, default, _leaf, SampleState.None, 1));

    [Benchmark(Description = "log a sample")]
    public void AddToLog() => _log.Add(new Sample(_time += 1_000_000, default, _leaf, SampleState.None, 1));
}
