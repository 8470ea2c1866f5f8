namespace Pyflame.Profiles.Export;

/// <summary>The categories by which Firefox's profiler colours time.</summary>
internal static class FirefoxCategory
{
    public const int Other = 0;
    public const int Python = 1;
    public const int Native = 2;
    public const int GarbageCollector = 3;
    public const int WaitsForGil = 4;
    public const int Idle = 5;

    /// <summary>Their names and colours, by number. Idle is transparent, by which the profiler leaves it out of its graphs.</summary>
    public static IReadOnlyList<(string Name, string Color)> All { get; } =
    [
        ("Other", "grey"),
        ("Python", "yellow"),
        ("Native", "blue"),
        ("Garbage collector", "orange"),
        ("Waiting for the GIL", "red"),
        ("Idle", "transparent"),
    ];

    /// <summary>The category of a frame.</summary>
    public static int Of(FrameKind kind) => kind switch
    {
        FrameKind.Python or FrameKind.Task or FrameKind.Tag => Python,
        FrameKind.Native => Native,
        FrameKind.GarbageCollector => GarbageCollector,
        _ => Other,
    };

    /// <summary>The category of a sample whose leaf is of <paramref name="kind"/>: what the thread was doing decides first.</summary>
    public static int Of(SampleState state, FrameKind kind) =>
        (state & SampleState.CollectingGarbage) != 0 ? GarbageCollector
        : (state & SampleState.WaitsForGil) != 0 ? WaitsForGil
        : (state & SampleState.Idle) != 0 ? Idle
        : Of(kind);
}
