namespace Pyflame.Cli.Top;

/// <summary>What is shown at one moment, rows sorted and filtered.</summary>
internal sealed record TopReport
{
    /// <summary>The process; 0 where it is not known yet.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Its command line.</summary>
    public string Command { get; init; } = string.Empty;

    /// <summary>Its Python's version; empty where it is not known yet.</summary>
    public string Version { get; init; } = string.Empty;

    /// <summary>Since when times are counted.</summary>
    public TimeSpan Uptime { get; init; }

    /// <summary>How many processes there are that run Python.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>How many threads there are.</summary>
    public int Threads { get; init; }

    /// <summary>The share of moments in which a thread held the GIL, 0 to 1.</summary>
    public double GilShare { get; init; }

    /// <summary>The share of threads that waited for the GIL, 0 to 1.</summary>
    public double WaitingShare { get; init; }

    /// <summary>The share of threads that waited for something else, 0 to 1.</summary>
    public double IdleShare { get; init; }

    /// <summary>The rate asked for, in rounds a second.</summary>
    public double RateAsked { get; init; }

    /// <summary>The rate reached, in rounds a second.</summary>
    public double RateReached { get; init; }

    /// <summary>Samples that were taken but could not be believed.</summary>
    public long Lost { get; init; }

    /// <summary>Samples whose stack could not be read.</summary>
    public long Failed { get; init; }

    /// <summary>How much time the shares are of.</summary>
    public TimeSpan ShareTime { get; init; }

    /// <summary>Something that the user must know, such as that the process has ended; else empty.</summary>
    public string Note { get; init; } = string.Empty;

    /// <summary>The rows to show, in order.</summary>
    public IReadOnlyList<TopLine> Lines { get; init; } = [];

    /// <summary>How many rows there are, those included that the filter leaves out.</summary>
    public int RowCount { get; init; }
}
