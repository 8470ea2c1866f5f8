using System.Globalization;
using System.IO.Enumeration;

namespace Pyflame.Profiles;

/// <summary>A pattern for functions, files, modules and threads; <c>*</c> stands for any characters and <c>?</c> for one.</summary>
/// <remarks>
/// It means a whole name: of a function (<c>handle</c>, <c>Server.handle</c>), of a file or the end of its path (<c>app.py</c>, <c>web/app.py</c>), of
/// a module or package (<c>web.app</c>, <c>web</c>), or of a thread, which its number means too.
/// </remarks>
public sealed class NamePattern
{
    private readonly string _text;
    private readonly string _module;

    /// <summary>Makes a pattern.</summary>
    public NamePattern(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
        _module = text.Replace('.', '/');
    }

    /// <summary>Whether a function is meant.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="qualifiedName">Its name with that of its class.</param>
    /// <param name="file">Its file; empty where it has none.</param>
    public bool Matches(string name, string qualifiedName, string file) =>
        Fits(_text, name) || Fits(_text, qualifiedName) || (file.Length > 0 && (FitsEnd(_text, file) || FitsModule(file)));

    /// <summary>Whether a thread is meant.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="name">What it is called.</param>
    public bool MatchesThread(ProfiledThread thread, string name)
    {
        ArgumentNullException.ThrowIfNull(thread);
        return Fits(_text, name) || Fits(_text, thread.Label)
            || _text == thread.OsThreadId.ToString(CultureInfo.InvariantCulture);
    }

    private static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name) =>
        FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    // The whole path, or what follows one of its slashes.
    private static bool FitsEnd(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        while (!Fits(pattern, path))
        {
            int slash = path.IndexOf('/');
            if (slash < 0)
            {
                return false;
            }

            path = path[(slash + 1)..];
        }

        return true;
    }

    // The file without its ending, and the folders that it lies in.
    private bool FitsModule(string file)
    {
        ReadOnlySpan<char> path = file.EndsWith(".py", StringComparison.Ordinal) ? file.AsSpan(0, file.Length - 3) : file;
        for (; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOf('/'))])
        {
            if (FitsEnd(_module, path))
            {
                return true;
            }
        }

        return false;
    }
}
