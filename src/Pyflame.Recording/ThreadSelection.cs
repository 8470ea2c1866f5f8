namespace Pyflame.Recording;

/// <summary>Which threads of a process are sampled.</summary>
public enum ThreadSelection
{
    /// <summary>The one that holds the GIL; where none does, the sample is idle. All threads where the build has no GIL.</summary>
    GilHolder,

    /// <summary>Every thread.</summary>
    All,

    /// <summary>Threads that are on a processor or ready for one.</summary>
    OnCpu,
}
