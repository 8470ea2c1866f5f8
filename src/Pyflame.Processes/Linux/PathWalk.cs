using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>
/// Resolves a path below a root folder that is not ours, as openat2(2) does with <c>RESOLVE_IN_ROOT</c> since Linux
/// 5.6.
/// </summary>
internal static unsafe class PathWalk
{
    private const int MostLinks = 40;         // as the kernel, path_resolution(7)
    private const int MostSteps = 4096;

    /// <summary>Finds a file without opening it for reading.</summary>
    /// <param name="root">The root folder; stays open.</param>
    /// <param name="path">The path; a slash in front is the root.</param>
    /// <returns>A descriptor as of <c>O_PATH</c>, which the caller closes, or -1.</returns>
    public static int TryOpen(int root, string path)
    {
        // The folders from the root to here, each held open: going up is going back, and nobody can move a folder under
        // us.
        var folders = new Stack<int>();
        var rest = new Stack<string>();
        int links = 0;
        int steps = 0;
        try
        {
            Push(rest, path);
            while (rest.TryPop(out string? name))
            {
                if (++steps > MostSteps)
                {
                    return -1;
                }

                if (name == "..")
                {
                    if (folders.TryPop(out int left))
                    {
                        _ = Libc.Close(left);
                    }

                    continue;
                }

                int here = folders.TryPeek(out int top) ? top : root;
                int found = ProcFolder.Open(here, name, Libc.OpenPathOnly | Libc.OpenNoFollow, out _);
                if (found < 0)
                {
                    return -1;
                }

                if (ReadLink(found) is { } target)
                {
                    _ = Libc.Close(found);
                    if (++links > MostLinks)
                    {
                        return -1;
                    }

                    if (target.StartsWith('/'))
                    {
                        CloseAll(folders);
                    }

                    Push(rest, target);
                }
                else if (rest.Count == 0)
                {
                    return found;
                }
                else
                {
                    folders.Push(found);
                }
            }

            return -1;
        }
        finally
        {
            CloseAll(folders);
        }
    }

    private static void Push(Stack<string> rest, string path)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = names.Length - 1; i >= 0; i--)
        {
            if (names[i] != ".")
            {
                rest.Push(names[i]);
            }
        }
    }

    private static void CloseAll(Stack<int> folders)
    {
        while (folders.TryPop(out int folder))
        {
            _ = Libc.Close(folder);
        }
    }

    private static string? ReadLink(int descriptor)
    {
        byte empty = 0;
        byte[] target = new byte[4096];
        fixed (byte* bytes = target)
        {
            nint count = Libc.ReadLinkAt(descriptor, &empty, bytes, (nuint)target.Length);
            return count <= 0 ? null : ByteText.Decode(target.AsSpan(0, (int)count));
        }
    }
}
