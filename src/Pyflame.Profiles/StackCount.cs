namespace Pyflame.Profiles;

/// <summary>How much of a thread's time one stack took.</summary>
/// <param name="Thread">The thread.</param>
/// <param name="Stack">The stack.</param>
/// <param name="Weight">In sampling intervals.</param>
public readonly record struct StackCount(ProfiledThreadId Thread, StackId Stack, long Weight);
