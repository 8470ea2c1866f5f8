namespace Pyflame.Cli.Top;

/// <summary>The columns of numbers, by each of which the rows can be sorted.</summary>
internal enum TopColumn
{
    /// <summary>The share of the last moments that the row itself was running.</summary>
    OwnShare,

    /// <summary>The share of the last moments that the row or what it called was running.</summary>
    TotalShare,

    /// <summary>How long the row itself was running.</summary>
    OwnTime,

    /// <summary>How long the row or what it called was running.</summary>
    TotalTime,
}
