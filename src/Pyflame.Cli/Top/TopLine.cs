namespace Pyflame.Cli.Top;

/// <summary>A row of the table as it is shown.</summary>
/// <param name="OwnShare">The share of time that it was itself running; 1 is one thread all the time.</param>
/// <param name="TotalShare">The share of time that it or what it called was running.</param>
/// <param name="OwnTime">How long it was itself running.</param>
/// <param name="TotalTime">How long it or what it called was running.</param>
/// <param name="Owner">The thread or process; null where it is of all.</param>
/// <param name="Name">The function; empty where the row is a thread's or process's.</param>
/// <param name="Place">Its file, and the line where that is known; empty where it has none.</param>
internal sealed record TopLine(
    double OwnShare, double TotalShare, TimeSpan OwnTime, TimeSpan TotalTime, string? Owner, string Name, string Place);
