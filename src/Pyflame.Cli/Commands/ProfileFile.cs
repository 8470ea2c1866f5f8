using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;
using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>Reads the profile files that commands are given.</summary>
internal static class ProfileFile
{
    /// <summary>Reads a whole profile, and says so where its end is missing.</summary>
    /// <param name="path">A path; <c>-</c> for standard input.</param>
    /// <param name="messages">Where to say it.</param>
    /// <exception cref="FailureException">It cannot be read, or is no profile.</exception>
    public static Profile Read(string path, UserMessages messages)
    {
        string name = path == "-" ? "standard input" : path;
        try
        {
            using Stream stream = path == "-" ? Console.OpenStandardInput() : Open(path);
            Profile profile = ProfileFileReader.ReadAll(stream, out bool isCutOff);
            if (isCutOff)
            {
                messages.Say($"pyflame: {name} ends before its recording did, as after a crash; what is there is used.");
            }

            return profile;
        }
        catch (ProfileFormatException exception)
        {
            throw new FailureException($"cannot read {name}: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FailureException($"cannot read {name}: {FileTrouble.Reason(exception)}", exception);
        }
    }

    private static FileStream Open(string path) => Directory.Exists(path)
        ? throw new IOException("It is a directory.")
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
}
