using Pyflame.Profiles;

namespace Pyflame.Recording;

/// <summary>The stacks that stand for no stack: idle, and failed.</summary>
internal sealed class MarkerStacks
{
    /// <summary>Makes them known to a profile.</summary>
    public MarkerStacks(Profile profile)
    {
        Idle = Make(profile, "(idle)");
        Failed = Make(profile, "(failed)");
        GarbageCollector = profile.Frames.Intern(
            new FrameInfo(profile.InternFunction("<gc>", string.Empty), 0, FrameKind.GarbageCollector));
    }

    /// <summary>Nothing was running.</summary>
    public StackId Idle { get; }

    /// <summary>Something was, but it could not be read.</summary>
    public StackId Failed { get; }

    /// <summary>The frame on top of a stack whose thread collects garbage.</summary>
    public FrameId GarbageCollector { get; }

    /// <summary>Makes the stack of a single remark, such as <c>(idle)</c>.</summary>
    public static StackId Make(Profile profile, string name)
    {
        FunctionId function = profile.InternFunction(name, string.Empty);
        return profile.Stacks.Intern(default, profile.Frames.Intern(new FrameInfo(function, 0, FrameKind.Marker)));
    }
}
