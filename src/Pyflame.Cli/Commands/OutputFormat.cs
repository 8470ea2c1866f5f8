using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Cli.Commands;

/// <summary>Which format a profile is written in.</summary>
internal static class OutputFormat
{
    /// <summary>Goes by the format's name, else by the ending of the file's name.</summary>
    /// <param name="name">What the user gave as format; null for nothing.</param>
    /// <param name="path">Where the profile is to go; <c>-</c> for standard output.</param>
    /// <exception cref="UsageException">Neither tells.</exception>
    public static IProfileWriter Choose(string? name, string path)
    {
        if (name is null && path == "-")
        {
            throw new UsageException("standard output has no ending that tells the format. Name one with '--format'.");
        }

        try
        {
            return FormatRegistry.Resolve(name, path);
        }
        catch (ProfileFormatException exception) when (name is not null)
        {
            throw new UsageException(exception.Message);
        }
        catch (ProfileFormatException exception)
        {
            throw new UsageException($"{exception.Problem}. Name it with '--format'. {exception.Remedy}.");
        }
    }
}
