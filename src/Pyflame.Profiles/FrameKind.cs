namespace Pyflame.Profiles;

/// <summary>What a frame stands for.</summary>
public enum FrameKind : byte
{
    /// <summary>A function written in Python.</summary>
    Python,

    /// <summary>A function of native code; its file is the module it was loaded from.</summary>
    Native,

    /// <summary>The garbage collector at work.</summary>
    GarbageCollector,

    /// <summary>A process, put in front of the frames of its threads.</summary>
    Process,

    /// <summary>A thread, put in front of its frames.</summary>
    Thread,

    /// <summary>An asyncio task.</summary>
    Task,

    /// <summary>No code at all but a remark such as <c>(idle)</c> or <c>(failed)</c>.</summary>
    Marker,

    /// <summary>A label with its value, such as <c>path=/index</c>, put in front of the frames that it is about.</summary>
    Tag,
}
