namespace Pyflame.Bench.Measuring;

/// <summary>What one run of a program cost, as wait4(2) tells it.</summary>
/// <param name="Wall">From exec to exit.</param>
/// <param name="Cpu">User and system time of the whole process.</param>
/// <param name="PeakKibibytes">Peak resident size.</param>
/// <param name="ExitCode">128 and the number of the signal where one ended it.</param>
/// <param name="Output">Standard output and standard error, at most their beginning.</param>
internal sealed record Measurement(TimeSpan Wall, TimeSpan Cpu, long PeakKibibytes, int ExitCode, string Output);
