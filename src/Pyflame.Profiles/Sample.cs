namespace Pyflame.Profiles;

/// <summary>One look at one thread.</summary>
/// <param name="TimestampNanoseconds">
/// When, since <see cref="Circumstances.StartUtc"/> by a monotonic clock. <see cref="SampleLog"/> and the profile file keep
/// whole microseconds, rounded down.
/// </param>
/// <param name="Thread">Whose stack it is.</param>
/// <param name="Stack">Where the thread stood.</param>
/// <param name="State">What the thread was doing.</param>
/// <param name="Weight">
/// How many sampling intervals the sample stands for; normally 1, the one that begins with it. Where rounds were missed before it,
/// it stands for those too.
/// </param>
public readonly record struct Sample(
    long TimestampNanoseconds, ProfiledThreadId Thread, StackId Stack, SampleState State, int Weight);
