namespace Pyflame.Profiles;

/// <summary>
/// What is known of a thread at the moment of a sample. The upper 16 bits may hold which system call it was in
/// (<see cref="SampleStates.WithSystemCall"/>).
/// </summary>
[Flags]
public enum SampleState
{
    /// <summary>Nothing beyond the stack.</summary>
    None = 0,

    /// <summary>The thread was running on a processor, or ready to.</summary>
    OnCpu = 1,

    /// <summary>It held the GIL of its interpreter.</summary>
    HoldsGil = 2,

    /// <summary>It was waiting for the GIL.</summary>
    WaitsForGil = 4,

    /// <summary>It was waiting for something else, such as a lock, a timer or input.</summary>
    Idle = 8,

    /// <summary>It was collecting garbage.</summary>
    CollectingGarbage = 16,

    /// <summary>The stack is deeper than the recorder follows; the frames nearest the root are missing.</summary>
    Truncated = 32,

    /// <summary>The thread was stopped for this sample, so that its stack is true by construction.</summary>
    Paused = 64,

    /// <summary>No stack could be read; the stack is a marker or empty.</summary>
    Failed = 128,

    /// <summary>With <see cref="Idle"/>: it was waiting for a lock.</summary>
    Lock = 256,

    /// <summary>With <see cref="Idle"/>: it was waiting for time to pass.</summary>
    Sleep = 512,

    /// <summary>With <see cref="Idle"/>: it was waiting for one of several files or sockets to become ready.</summary>
    Poll = 1024,

    /// <summary>With <see cref="Idle"/>: it was in a system call that reads, writes or connects.</summary>
    InputOutput = 2048,
}
