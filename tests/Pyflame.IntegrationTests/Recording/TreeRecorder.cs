using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Records a process with all that it starts until a test has seen enough.</summary>
internal sealed class TreeRecorder : ISampleSink, IDisposable
{
    private readonly TargetProcess _target;
    private readonly ProcessTree _tree;
    private readonly Dictionary<int, long> _counts = [];
    private Func<bool> _isEnough = () => false;

    /// <summary>Attaches to a process; what follows must be called on the same thread.</summary>
    public TreeRecorder(int processId, RecordingOptions? options = null)
    {
        _target = TargetProcess.Attach(processId);
        _tree = ProcessTree.Open(processId);
        Profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UtcNow, Mode = "test", RateHertz = 0 });
        Sampler = new Sampler(
            (options ?? new RecordingOptions { ReadStates = true, Interval = TimeSpan.FromMilliseconds(2) }) with { Duration = TestLimits.Recording }, Profile, this);
        Sampler.Follow(_target, _tree);
    }

    /// <summary>What was recorded.</summary>
    public Profile Profile { get; }

    /// <summary>Takes the samples.</summary>
    public Sampler Sampler { get; }

    /// <summary>The samples by thread and stack.</summary>
    public StackCounts Counts { get; } = new();

    /// <summary>Samples until the tree has ended or it is enough, which is asked after each sample.</summary>
    public RecordingStatistics Run(Func<bool> isEnough)
    {
        _isEnough = isEnough;
        RecordingStatistics statistics = Sampler.Run();
        Assert.True(statistics.Duration < TestLimits.Recording, $"after {TestLimits.Recording} there were {statistics.Samples} samples of\n{Describe()}");
        return statistics;
    }

    /// <summary>How many samples of a process have a function at their leaf, or anywhere where none is named.</summary>
    public long SamplesOf(int processId, string? leaf = null)
    {
        long sum = 0;
        for (int index = 0; index < Counts.Count; index++)
        {
            StackCount count = Counts[index];
            sum += ProcessOf(count.Thread).ProcessId == processId && (leaf is null || FunctionAt(count.Stack) == leaf) ? count.Weight : 0;
        }

        return sum;
    }

    /// <summary>The process of a thread.</summary>
    public ProfiledProcess ProcessOf(ProfiledThreadId thread) => Profile.Processes[Profile.Threads[thread.Value].ProcessIndex];

    /// <summary>The name of a stack's leaf function; empty for the empty stack.</summary>
    public string FunctionAt(StackId stack) => stack.IsEmpty
        ? string.Empty
        : Profile.Strings[Profile.Functions[Profile.Frames[Profile.Stacks.Frame(stack)].Function].Name];

    /// <summary>The functions of the most frequent stack of a process that has a function at its leaf, root first.</summary>
    public string[] FunctionsOf(int processId, string leaf, bool isQualified = false)
    {
        StackCount count = Enumerable.Range(0, Counts.Count).Select(index => Counts[index])
            .Where(count => ProcessOf(count.Thread).ProcessId == processId && FunctionAt(count.Stack) == leaf)
            .MaxBy(count => count.Weight);
        var frames = new FrameId[Profile.Stacks.Depth(count.Stack)];
        Profile.Stacks.CopyFrames(count.Stack, frames);
        return [.. frames.Select(frame => Profile.Functions[Profile.Frames[frame].Function])
            .Select(function => Profile.Strings[isQualified ? function.QualifiedName : function.Name])];
    }

    /// <summary>A line for each process, and how many samples each stack of it has.</summary>
    public string Describe()
    {
        var lines = new List<string>();
        for (int index = 0; index < Counts.Count; index++)
        {
            StackCount count = Counts[index];
            var frames = new FrameId[Profile.Stacks.Depth(count.Stack)];
            Profile.Stacks.CopyFrames(count.Stack, frames);
            string stack = string.Join(" > ", frames.Select(frame => Profile.Strings[Profile.Functions[Profile.Frames[frame].Function].Name]));
            lines.Add($"{ProcessOf(count.Thread).Label}: {stack}: {count.Weight}");
        }

        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        Counts.Add(sample);
        if (_isEnough())
        {
            Sampler.Stop();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Sampler.Dispose();
        _tree.Dispose();
        _target.Dispose();
    }
}
