namespace Pyflame.Profiles.Export;

/// <summary>The markers that a thread's states become, where they last.</summary>
internal static class FirefoxMarker
{
    /// <summary>Their names, descriptions and states.</summary>
    public static IReadOnlyList<(string Name, string Description, SampleState State)> All { get; } =
    [
        ("Waiting for the GIL", "The thread was seen waiting for the global interpreter lock.", SampleState.WaitsForGil),
        ("Idle", "The thread was seen waiting for something else than the global interpreter lock.", SampleState.Idle),
        ("Garbage collection", "The thread was seen collecting garbage.", SampleState.CollectingGarbage),
    ];
}
