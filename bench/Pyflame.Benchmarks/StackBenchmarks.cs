using BenchmarkDotNet.Attributes;
using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Recording;

namespace Pyflame.Benchmarks;

/// <summary>The pieces of a sample, on a real thread at depth 50.</summary>
[MemoryDiagnoser]
public class StackBenchmarks : IDisposable
{
    private readonly StackProof _proof = new();
    private LiveStack _live = null!;
    private byte[] _leaf = null!;
    private byte[] _caller = null!;
    private byte[] _buffer = null!;
    private PythonStrings _strings = null!;
    private RemoteAddress _code;
    private TargetSampler _sampler = null!;
    private bool _odd;

    /// <summary>With frames on the data stack, and on the heap.</summary>
    [Params("3.13", "3.8", "2.7")]
    public string Python { get; set; } = "3.13";

    [GlobalSetup]
    public void Setup()
    {
        _live = new LiveStack(Python);
        (_leaf, _caller) = _live.ReadTwo();
        _buffer = new byte[_live.Reader.ByteCount];
        _live.Reader.Decode(_leaf);
        _code = _live.Reader.Frames[^1].Code;
        _strings = new PythonStrings(_live.Memory, _live.Runtime.Offsets);
        var profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UtcNow, Mode = "bench", RateHertz = 0 });
        var options = new RecordingOptions { Interval = TimeSpan.Zero, Mode = SamplingMode.Nonblocking };
        var counters = new RecordingCounters();
        _sampler = new TargetSampler(
            _live.Process,
            _live.Runtime,
            options,
            profile,
            0,
            new StackCounts(),
            counters,
            new PauseBudget(options.StoppedShare, DeadlineTimer.Now, counters));
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _live.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Description = "read 8 bytes")]
    public bool ReadWord() => _live.Memory.TryRead(_live.Reader.ThreadStateAddress, out ulong _);

    [Benchmark(Description = "read a stack")]
    public int ReadStack() => _live.Memory.ReadMany(_live.Reader.Ranges, _buffer);

    [Benchmark(Description = "read and prove a stack")]
    public StackStatus Prove() => _proof.TryRead(_live.Memory, _live.Reader, 1);

    [Benchmark(Description = "decode, nothing changed")]
    public StackStatus DecodeSame() => _live.Reader.Decode(_leaf);

    [Benchmark(Description = "decode, the leaf changed")]
    public StackStatus DecodeChanged()
    {
        _odd = !_odd;
        return _live.Reader.Decode(_odd ? _leaf : _caller);
    }

    [Benchmark(Description = "decode a code object")]
    public CodeObject? DecodeCodeObject() => CodeObject.TryRead(_live.Memory, _live.Runtime.Offsets, _strings, _code);

    [Benchmark(Description = "a whole sample")]
    public bool WholeSample()
    {
        long now = DeadlineTimer.Now;
        return _sampler.Round(now, now, 1);
    }
}
