using Pyflame.Cli.Output;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Cli.Commands;

/// <summary>Where the samples of one file are kept while they are taken, and how they get into it.</summary>
internal abstract class ProfileKeeper : IDisposable
{
    /// <summary>Takes the samples.</summary>
    public abstract ISampleSink Sink { get; }

    /// <summary>Where they go.</summary>
    public required string Path { get; init; }

    /// <summary>Makes the keeper for a format.</summary>
    /// <param name="request">What is recorded.</param>
    /// <param name="profile">Whose samples.</param>
    /// <param name="path">Where they go; <c>-</c> for standard output.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public static ProfileKeeper Open(RecordRequest request, Profile profile, string path)
    {
        // A file where there is none yet, or one that can be written from its beginning.
        bool isFile = !ProfileOutput.IsStandardOutput(path) && (!File.Exists(path) || IsPlainFile(path));
        return request.Writer switch
        {
            ProfileFileExport when isFile =>
                new StreamedSamples(profile, path, stream => new ProfileFileWriter(stream, profile, leaveOpen: true)) { Path = path },

            // Functions as their first lines are known when all samples are.
            JsonLinesWriter when !request.View.FirstLines && (isFile || ProfileOutput.IsStandardOutput(path)) =>
                new StreamedSamples(profile, path, stream => new JsonLinesSink(profile, stream, request.View.Options(profile, request.Writer)))
                {
                    Path = path,

                    // A write for each sample would cost more than taking it.
                    FlushNanoseconds = 100_000_000,
                },
            _ => new HeldProfile(request, profile, path) { Path = path },
        };
    }

    /// <summary>Has what there is so far written now.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public abstract void WriteSnapshot();

    /// <summary>Writes what there is, and ends.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public abstract void Complete();

    /// <inheritdoc/>
    public abstract void Dispose();

    private static bool IsPlainFile(string path) => (File.GetAttributes(path) & (FileAttributes.Device | FileAttributes.Directory)) == 0
        && !System.IO.Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal);
}
