namespace Pyflame.Profiles;

/// <summary>What a <see cref="SampleState"/> says, in words and numbers.</summary>
public static class SampleStates
{
    private const int SystemCallShift = 16;
    private const int MostSystemCalls = (1 << 15) - 1;

    /// <summary>What a thread was doing that held the GIL.</summary>
    public const string HoldingGil = "holding GIL";

    /// <summary>What a thread was doing that waited for the GIL.</summary>
    public const string WaitingForGil = "waiting for GIL";

    /// <summary>Adds the system call that the thread was in.</summary>
    /// <param name="state">The state.</param>
    /// <param name="number">The kernel's number of the call; the state stays as it is where there can be no such call.</param>
    public static SampleState WithSystemCall(this SampleState state, int number) =>
        number is >= 0 and < MostSystemCalls ? state | (SampleState)((number + 1) << SystemCallShift) : state;

    /// <summary>The number of the system call that the thread was in; -1 where that is not known.</summary>
    public static int SystemCall(this SampleState state) => ((int)state >> SystemCallShift) - 1;

    /// <summary>
    /// What the thread was waiting for, such as <c>lock</c>, <c>sleep</c>, <c>waiting for GIL</c>, or the name of the system call, such as
    /// <c>read</c>; null where it did not wait.
    /// </summary>
    public static string? Wait(this SampleState state)
    {
        if ((state & SampleState.WaitsForGil) != 0)
        {
            return WaitingForGil;
        }

        return (state & SampleState.Idle) == 0 ? null
            : (state & SampleState.Lock) != 0 ? "lock"
            : (state & SampleState.Sleep) != 0 ? "sleep"
            : state.SystemCall() is >= 0 and var number ? SystemCallNames.Of(number)
            : (state & SampleState.Poll) != 0 ? "poll"
            : (state & SampleState.InputOutput) != 0 ? "input or output"
            : "blocked";
    }

    /// <summary>What the thread was doing, in a few words: what it waited for, else whether it held the GIL.</summary>
    public static string Describe(this SampleState state)
    {
        bool holds = (state & SampleState.HoldsGil) != 0;
        return (state & SampleState.CollectingGarbage) != 0 ? "collecting garbage"
            : state.Wait() is { } wait ? (holds ? $"{wait}, holding GIL" : wait)
            : holds ? HoldingGil
            : (state & SampleState.OnCpu) != 0 ? "running without GIL"
            : "unknown";
    }
}
