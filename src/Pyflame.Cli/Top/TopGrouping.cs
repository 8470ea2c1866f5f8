namespace Pyflame.Cli.Top;

/// <summary>Which samples the table shows, and what has a row of its own.</summary>
/// <param name="ByLine">Each line, and not each function.</param>
/// <param name="Threads">What threads have to do with it.</param>
/// <param name="Idle">Samples of waiting threads too.</param>
/// <param name="GilOnly">Only samples of threads that held the GIL.</param>
/// <param name="CpuOnly">Only samples of threads on a processor.</param>
internal readonly record struct TopGrouping(bool ByLine, ThreadGrouping Threads, bool Idle, bool GilOnly, bool CpuOnly = false)
{
    /// <summary>Whether rows are of threads or processes, and not of functions.</summary>
    public bool HasNoFunctions => Threads is ThreadGrouping.Only or ThreadGrouping.ProcessesOnly;

    /// <summary>Whether functions have a row for each thread or process.</summary>
    public bool IsApart => Threads is ThreadGrouping.Apart or ThreadGrouping.ProcessesApart;

    /// <summary>What rows are told apart by: <c>Thread</c> or <c>Process</c>.</summary>
    public string OwnerHeading => Threads is ThreadGrouping.Apart or ThreadGrouping.Only ? "Thread" : "Process";

    /// <summary>The grouping that comes after this one when threads are asked for.</summary>
    public ThreadGrouping NextByThread => Threads switch
    {
        ThreadGrouping.Apart => ThreadGrouping.Only,
        ThreadGrouping.Only => ThreadGrouping.Together,
        _ => ThreadGrouping.Apart,
    };

    /// <summary>The grouping that comes after this one when processes are asked for.</summary>
    public ThreadGrouping NextByProcess => Threads switch
    {
        ThreadGrouping.ProcessesApart => ThreadGrouping.ProcessesOnly,
        ThreadGrouping.ProcessesOnly => ThreadGrouping.Together,
        _ => ThreadGrouping.ProcessesApart,
    };

    /// <summary>Whether samples of a kind are shown.</summary>
    public bool Shows(SampleKind kind) => GilOnly ? kind == SampleKind.HoldsGil
        : CpuOnly ? kind is SampleKind.Active or SampleKind.HoldsGil
        : Idle || kind != SampleKind.Idle;
}
