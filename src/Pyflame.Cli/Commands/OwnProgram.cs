namespace Pyflame.Cli.Commands;

/// <summary>Whether a command to run is Pyflame itself.</summary>
internal static class OwnProgram
{
    private const string Name = "pyflame";

    /// <summary>Whether the first word of a command means Pyflame, this one or another of the name.</summary>
    /// <param name="command">A path, or a name to be looked for along <c>PATH</c>.</param>
    public static bool IsMeantBy(string command) => IsMeantBy(
        command, Environment.ProcessPath, Environment.GetEnvironmentVariable("PATH") ?? string.Empty);

    /// <summary>As above, for any executable and path list.</summary>
    public static bool IsMeantBy(string command, string? ownPath, string pathList) =>
        Path.GetFileName(command) == Name || (ownPath is not null && Find(command, pathList) == ownPath);

    private static string? Find(string command, string pathList)
    {
        if (command.Contains('/', StringComparison.Ordinal))
        {
            return Resolve(command);
        }

        foreach (string folder in pathList.Split(':'))
        {
            string candidate = Path.Combine(folder.Length == 0 ? "." : folder, command);
            if (File.Exists(candidate))
            {
                return Resolve(candidate);
            }
        }

        return null;
    }

    private static string? Resolve(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? (file.ResolveLinkTarget(returnFinalTarget: true) ?? file).FullName : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Running it will tell what is wrong with it.
            return null;
        }
    }
}
