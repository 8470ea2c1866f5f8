using Pyflame.Profiles;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>What a thread does, in words.</summary>
internal static class ThreadStateText
{
    /// <summary>Its state, and that it holds the GIL: <c>running, holds the GIL</c>.</summary>
    public static string Describe(ThreadDump thread) => Name(thread.State) + (thread.HoldsGil == true ? ", holds the GIL" : string.Empty);

    /// <summary>Its state in a word or two, which JSON has too.</summary>
    public static string Name(SampleState state) => state switch
    {
        _ when state.HasFlag(SampleState.CollectingGarbage) => "collecting garbage",
        _ when state.HasFlag(SampleState.WaitsForGil) => "waits for the GIL",
        _ when !state.HasFlag(SampleState.Idle) => state.HasFlag(SampleState.OnCpu) || state.HasFlag(SampleState.HoldsGil) ? "running" : "unknown",
        _ when state.HasFlag(SampleState.Lock) => "waits for a lock",
        _ when state.HasFlag(SampleState.Sleep) => "sleeps",
        _ when state.HasFlag(SampleState.Poll) => "polls",
        _ when state.HasFlag(SampleState.InputOutput) => "input or output",
        _ => "idle",
    };
}
