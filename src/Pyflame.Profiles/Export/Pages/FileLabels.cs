namespace Pyflame.Profiles.Export.Pages;

/// <summary>Short names of files: what is left when the place where Python or its packages are installed is taken off.</summary>
internal sealed class FileLabels
{
    private static readonly string[] s_packageFolders = ["/site-packages/", "/dist-packages/"];

    private readonly string _commonFolder;

    /// <summary>Takes the folder that the program's own files have in common, to take it off.</summary>
    /// <param name="files">The paths of all files, as the target names them.</param>
    public FileLabels(IEnumerable<string> files)
    {
        string? common = null;
        foreach (string file in files)
        {
            if (InstalledTail(file) is null && file.StartsWith('/') && !IsNative(file))
            {
                common = common is null ? Folder(file) : Common(common, file);
            }
        }

        _commonFolder = common ?? string.Empty;
    }

    /// <summary>The short name of a file: <c>json/decoder.py</c>, <c>requests/sessions.py</c>, <c>app.py</c>, <c>libc.so.6</c>.</summary>
    public string Label(string file)
    {
        if (InstalledTail(file) is { Length: > 0 } tail)
        {
            return tail;
        }

        if (IsNative(file))
        {
            return file[(file.LastIndexOf('/') + 1)..];
        }

        return file.StartsWith(_commonFolder, StringComparison.Ordinal) && file.Length > _commonFolder.Length
            ? file[_commonFolder.Length..]
            : file;
    }

    /// <summary>
    /// What a file's colour comes from: the package for installed code, so that all of a library looks alike; for the program's
    /// own code the file and its folder, which stay the same wherever the program is put.
    /// </summary>
    public static string Group(string file)
    {
        if (InstalledTail(file) is { Length: > 0 } tail)
        {
            int slash = tail.IndexOf('/', StringComparison.Ordinal);
            return slash < 0 ? WithoutEnding(tail) : tail[..slash];
        }

        if (file.StartsWith("<frozen ", StringComparison.Ordinal))
        {
            return file["<frozen ".Length..].TrimEnd('>').Split('.')[0];
        }

        int last = file.LastIndexOf('/');
        int folder = last > 0 ? file.LastIndexOf('/', last - 1) : -1;
        return file[(folder + 1)..];
    }

    /// <summary>The path below the folder of packages or of the standard library; null where it is in neither.</summary>
    private static string? InstalledTail(string file)
    {
        foreach (string folder in s_packageFolders)
        {
            int at = file.LastIndexOf(folder, StringComparison.Ordinal);
            if (at >= 0)
            {
                return file[(at + folder.Length)..];
            }
        }

        // .../lib/python3.13/json/decoder.py, and the same out of an archive: .../lib/python313.zip/json/decoder.py
        int library = file.IndexOf("/lib/python", StringComparison.Ordinal);
        library = library < 0 ? file.IndexOf("/lib64/python", StringComparison.Ordinal) : library;
        if (library < 0)
        {
            return null;
        }

        int version = file.IndexOf("/python", library, StringComparison.Ordinal) + "/python".Length;
        int end = file.IndexOf('/', version);
        return end > version && char.IsAsciiDigit(file[version]) ? file[(end + 1)..] : null;
    }

    private static bool IsNative(string file) =>
        file.EndsWith(".so", StringComparison.Ordinal) || file.Contains(".so.", StringComparison.Ordinal);

    private static string WithoutEnding(string name)
    {
        int dot = name.LastIndexOf('.');
        return dot > 0 ? name[..dot] : name;
    }

    private static string Folder(string file) => file[..(file.LastIndexOf('/') + 1)];

    private static string Common(string folder, string file)
    {
        while (!file.StartsWith(folder, StringComparison.Ordinal))
        {
            folder = Folder(folder[..^1]);
        }

        return folder;
    }
}
