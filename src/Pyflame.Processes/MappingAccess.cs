namespace Pyflame.Processes;

/// <summary>What a mapping or segment may be used for.</summary>
[Flags]
public enum MappingAccess : byte
{
    /// <summary>Nothing, as a guard page.</summary>
    None = 0,

    /// <summary>Its bytes may be read.</summary>
    Read = 1,

    /// <summary>Its bytes may be written.</summary>
    Write = 2,

    /// <summary>Its bytes may be run.</summary>
    Execute = 4,

    /// <summary>Writes are seen by others who map the same file (<c>MAP_SHARED</c>).</summary>
    Shared = 8,
}
