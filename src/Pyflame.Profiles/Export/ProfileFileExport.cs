namespace Pyflame.Profiles.Export;

/// <summary>Pyflame's own file, which keeps everything; see <see cref="ProfileFileWriter"/>.</summary>
public sealed class ProfileFileExport : IProfileWriter
{
    /// <inheritdoc/>
    public string Name => "pyflame";

    /// <inheritdoc/>
    public string Description => "Pyflame's own profile file: everything, in time order, to convert from later";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".pyflame"];

    /// <inheritdoc/>
    public bool NeedsTimeOrder => false;

    /// <inheritdoc/>
    public void Write(Profile profile, Stream destination, ExportOptions options)
    {
        using var writer = new ProfileFileWriter(destination, profile, leaveOpen: true);
        if (profile.Samples is not null)
        {
            writer.Add(profile.Samples);
        }
        else if (profile.Counts is not null)
        {
            writer.Add(profile.Counts);
        }
    }
}
