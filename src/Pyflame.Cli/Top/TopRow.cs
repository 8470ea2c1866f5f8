namespace Pyflame.Cli.Top;

/// <summary>A row of the table. Weights are in intervals of the sampler.</summary>
/// <param name="Owner">The index of the thread or process in the profile; -1 where the row is of all.</param>
/// <param name="Frame">The function or line; null where the row is a thread's or process's.</param>
internal sealed record TopRow(int Owner, TopFrame? Frame)
{
    /// <summary>How often it was itself running, since the beginning.</summary>
    public long Own { get; set; }

    /// <summary>How often it or what it called was running; a stack on which it stands several times counts once.</summary>
    public long Total { get; set; }

    /// <summary><see cref="Own"/> of the last moments.</summary>
    public long RecentOwn { get; set; }

    /// <summary><see cref="Total"/> of the last moments.</summary>
    public long RecentTotal { get; set; }

    /// <summary>How often its owner held the GIL.</summary>
    public long Gil { get; set; }

    /// <summary>How often its owner waited for the GIL.</summary>
    public long Waits { get; set; }

    /// <summary><see cref="Gil"/> of the last moments.</summary>
    public long RecentGil { get; set; }

    /// <summary><see cref="Waits"/> of the last moments.</summary>
    public long RecentWaits { get; set; }

    /// <summary>The last walk over a stack that came by.</summary>
    public long LastWalk { get; set; }
}
