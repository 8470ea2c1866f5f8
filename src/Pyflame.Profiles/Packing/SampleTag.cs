namespace Pyflame.Profiles.Packing;

/// <summary>The bits of a packed sample's tag: in what it differs from what was expected.</summary>
[Flags]
internal enum SampleTag : byte
{
    /// <summary>In nothing.</summary>
    None = 0,

    /// <summary>The thread is not the one that followed the last time, and is in the column of threads.</summary>
    Thread = 1,

    /// <summary>The stack is not the thread's last, and is in the column of stacks.</summary>
    Stack = 2,

    /// <summary>The state is not the thread's last, and is in the column of states.</summary>
    State = 4,

    /// <summary>The weight is not 1, and is in the column of weights.</summary>
    Weight = 8,

    /// <summary>The time is before that of the sample before.</summary>
    Backwards = 16,
}
