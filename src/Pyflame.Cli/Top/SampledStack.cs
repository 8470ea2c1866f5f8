namespace Pyflame.Cli.Top;

/// <summary>What samples have in common that are counted together.</summary>
/// <param name="Thread">The thread's index in the profile.</param>
/// <param name="Stack">The stack's index in the profile.</param>
/// <param name="Kind">What the thread was doing.</param>
internal readonly record struct SampledStack(int Thread, int Stack, SampleKind Kind);
