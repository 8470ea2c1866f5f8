using System.Runtime.InteropServices;
using Pyflame.Profiles;

namespace Pyflame.Cli.Top;

/// <summary>The samples of a moment, counted, and what the profile has learned meanwhile. Weights are in intervals of the sampler.</summary>
internal sealed class SampleBatch
{
    /// <summary>How often each stack was seen.</summary>
    public Dictionary<SampledStack, long> Weights { get; } = [];

    /// <summary>The frames that are new, in the order of their ids.</summary>
    public List<TopFrame> Frames { get; } = [];

    /// <summary>The stacks that are new, in the order of their ids: each one's parent and leaf.</summary>
    public List<(int Parent, int Frame)> Stacks { get; } = [];

    /// <summary>The threads, where they may have changed; else null.</summary>
    public ProfiledThread[]? Threads { get; set; }

    /// <summary>The processes, where they may have changed; else null.</summary>
    public ProfiledProcess[]? Processes { get; set; }

    /// <summary>The rounds of samples.</summary>
    public long Rounds { get; set; }

    /// <summary>The rounds in which a thread held the GIL.</summary>
    public long GilRounds { get; set; }

    /// <summary>The samples of threads that waited for the GIL.</summary>
    public long WaitsForGil { get; set; }

    /// <summary>The samples of threads that waited for something else.</summary>
    public long Idle { get; set; }

    /// <summary>All samples.</summary>
    public long Samples { get; set; }

    /// <summary>How many threads the last whole round had; 0 where there was none.</summary>
    public int ThreadCount { get; set; }

    /// <summary>How many processes the last whole round had; 0 where there was none.</summary>
    public int ProcessCount { get; set; }

    /// <summary>Counts a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="hasRows">Whether it counts for rows, too.</param>
    public void Add(in Sample sample, bool hasRows = true)
    {
        bool isIdle = (sample.State & SampleState.Idle) != 0;
        SampleKind kind = isIdle ? SampleKind.Idle
            : (sample.State & SampleState.HoldsGil) != 0 ? SampleKind.HoldsGil
            : (sample.State & SampleState.WaitsForGil) != 0 ? SampleKind.WaitsForGil
            : SampleKind.Active;
        if (hasRows)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(
                Weights, new SampledStack(sample.Thread.Value, sample.Stack.Value, kind), out _) += sample.Weight;
        }

        Samples += sample.Weight;
        Idle += isIdle ? sample.Weight : 0;
        WaitsForGil += (sample.State & SampleState.WaitsForGil) != 0 ? sample.Weight : 0;
    }
}
