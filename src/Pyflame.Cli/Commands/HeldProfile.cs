using Pyflame.Cli.Output;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Cli.Commands;

/// <summary>Samples in memory, written at the end: counted where the format needs no order in time.</summary>
internal sealed class HeldProfile : ProfileKeeper
{
    private readonly RecordRequest _request;
    private readonly Profile _profile;
    private readonly ProfileOutput _output;

    /// <summary>Opens the output, so that what cannot be written is found out before anything is sampled.</summary>
    public HeldProfile(RecordRequest request, Profile profile, string path)
    {
        _request = request;
        _profile = profile;
        _output = ProfileOutput.Open(path);
        bool inOrder = request.Writer.NeedsTimeOrder || request.Writer is ProfileFileExport or PprofWriter or JsonLinesWriter;
        profile.Samples = inOrder ? new SampleLog() : null;
        profile.Counts = inOrder ? null : new StackCounts();
        Sink = inOrder ? profile.Samples! : profile.Counts!;
    }

    /// <inheritdoc/>
    public override ISampleSink Sink { get; }

    /// <inheritdoc/>
    public override void WriteSnapshot()
    {
        // Standard output and pipes take a profile once.
        if (Path == "-")
        {
            throw new OutputException("A snapshot needs a file, and the output is standard output.");
        }

        using ProfileOutput output = ProfileOutput.Open(Path);
        output.Write(Write);
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        try
        {
            _output.Write(Write);
        }
        catch (OutputException exception)
        {
            // A disk that has become full, say. What took hours to record must not be lost with it.
            if (TryKeep() is not { } kept)
            {
                throw;
            }

            throw new OutputException($"{exception.Message} The samples are in {kept}; 'pyflame convert' writes them in any format.", exception);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _output.Dispose();

    private string? TryKeep()
    {
        string path = System.IO.Path.Combine(
            System.IO.Path.GetTempPath(), System.IO.Path.ChangeExtension(System.IO.Path.GetRandomFileName(), ".pyflame"));
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var file = new FileStream(path, options);
            new ProfileFileExport().Write(_profile, file, ExportOptions.Default);
            return path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Where there is no such folder, that would throw.
            if (File.Exists(path))
            {
                File.Delete(path);
            }

            return null;
        }
    }

    private void Write(Stream stream) => _request.View.Write(_profile, _request.Writer, stream);
}
