namespace Pyflame.Processes;

/// <summary>What a check found.</summary>
public enum CheckStatus
{
    /// <summary>Nothing stands in the way.</summary>
    Fine,

    /// <summary>It could not be found out.</summary>
    Unknown,

    /// <summary>Profiling works, but not all of it, or slower.</summary>
    Limits,

    /// <summary>Profiling is not possible until this is changed.</summary>
    Blocks,
}
