using Pyflame.Profiles;

namespace Pyflame.Cli.Top;

/// <summary>A frame of a profile, with its texts, so that it can be shown while the profile grows.</summary>
/// <param name="Function">Its function's index in the profile.</param>
/// <param name="Name">The function's name, with that of its class where that is known.</param>
/// <param name="FileName">The function's file; empty where there is none.</param>
/// <param name="FirstLineNumber">Where the function begins, counted from 1; 0 where unknown.</param>
/// <param name="LineNumber">Where it stood, counted from 1; 0 where unknown.</param>
internal sealed record TopFrame(int Function, string Name, string FileName, int FirstLineNumber, int LineNumber)
{
    /// <summary>Describes a frame of a profile.</summary>
    public static TopFrame Of(Profile profile, FrameId frame)
    {
        FrameInfo info = profile.Frames[frame];
        FunctionInfo function = profile.Functions[info.Function];
        return new TopFrame(
            info.Function.Value,
            profile.Strings[function.QualifiedName],
            profile.Strings[function.FileName],
            function.FirstLineNumber,
            info.LineNumber);
    }
}
