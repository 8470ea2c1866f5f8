namespace Pyflame.Cli.Top;

/// <summary>What threads and processes have to do with the rows of the table.</summary>
internal enum ThreadGrouping
{
    /// <summary>Nothing: a function has one row, whichever threads run it.</summary>
    Together,

    /// <summary>A function has a row for each thread that runs it.</summary>
    Apart,

    /// <summary>Each thread has one row, and functions have none.</summary>
    Only,

    /// <summary>A function has a row for each process that runs it.</summary>
    ProcessesApart,

    /// <summary>Each process has one row, and functions have none.</summary>
    ProcessesOnly,
}
