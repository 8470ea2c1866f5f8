using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Cli.Commands;

/// <summary>How a profile's frames are shown.</summary>
/// <param name="ThreadFrames">Whether stacks stand on a frame for their thread.</param>
/// <param name="FirstLines">Whether frames show where their function begins.</param>
/// <param name="LineNumbers">Whether lines are shown at all.</param>
/// <param name="FullFileNames">Whether formats that are mere text show whole paths; the others always hold them.</param>
internal sealed record ProfileView(bool ThreadFrames, bool FirstLines, bool LineNumbers, bool FullFileNames)
{
    /// <summary>Opens sources for formats that show them; null to leave them out.</summary>
    public Func<string, Stream?>? OpenSource { get; init; }

    /// <summary>Writes a profile as it is to be shown.</summary>
    public void Write(Profile profile, IProfileWriter writer, Stream destination)
    {
        Profile shown = FirstLines ? ProfileRewriter.AtFirstLines(profile) : profile;
        bool isText = writer is CollapsedWriter or TimestampWriter;
        shown = isText && !FullFileNames ? ProfileRewriter.WithShortFileNames(shown) : shown;
        writer.Write(shown, destination, Options(profile, writer));
    }

    /// <summary>How a format is to show the names of a profile.</summary>
    public ExportOptions Options(Profile profile, IProfileWriter writer) => new()
    {
        ThreadFrames = ThreadFrames,
        ProcessFrames = !writer.GroupsByProcess && profile.Processes.Select(static process => process.ProcessId).Distinct().Skip(1).Any(),
        LineNumbers = LineNumbers,
        QualifiedNames = true,
        OpenSource = OpenSource,
    };

    /// <summary>Opens a source file of this machine; null where there is none.</summary>
    public static Stream? OpenLocalSource(string path)
    {
        try
        {
            return Path.IsPathRooted(path) && File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
