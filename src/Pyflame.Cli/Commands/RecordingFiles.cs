using System.Globalization;
using Pyflame.Profiles.Export;

namespace Pyflame.Cli.Commands;

/// <summary>The names of the files that a recording writes.</summary>
internal static class RecordingFiles
{
    /// <summary>The name where the user gave none: <c>python-4711-20260102T030405Z.svg</c>.</summary>
    public static string DefaultName(int processId, DateTimeOffset start, IProfileWriter writer) => string.Create(
        CultureInfo.InvariantCulture, $"python-{processId}-{start.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}{writer.FileEndings[0]}");

    /// <summary>The name of one file of several: <c>day-0001.svg</c> for <c>day.svg</c>.</summary>
    /// <param name="path">The name that the user gave.</param>
    /// <param name="number">Counted from 1.</param>
    /// <param name="writer">Whose endings are kept at the end.</param>
    public static string Numbered(string path, int number, IProfileWriter writer)
    {
        string ending = writer.FileEndings
            .Where(candidate => path.EndsWith(candidate, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(candidate => candidate.Length)
            .FirstOrDefault() ?? Path.GetExtension(path);
        return string.Create(CultureInfo.InvariantCulture, $"{path[..^ending.Length]}-{number:0000}{path[^ending.Length..]}");
    }
}
