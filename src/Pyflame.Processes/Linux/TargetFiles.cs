using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>Opens files of the target.</summary>
/// <param name="proc">The folder of the target.</param>
/// <remarks>
/// The target may be hostile and its folders may be links to anywhere: a path of its own is resolved below its root
/// folder, links that begin with a slash included, so that it can never name a file of ours. Only regular files are
/// opened, so that a pipe cannot hang us and a device is not touched.
/// </remarks>
internal sealed unsafe class TargetFiles(ProcFolder proc) : IModuleFiles
{
    /// <inheritdoc/>
    public long UnpackingLeft { get; set; } = ParseLimits.UnpackedSectionBytes;

    /// <inheritdoc/>
    public IEnumerable<SafeFileHandle> OpenCandidates(LoadedModule module)
    {
        // These two are the file itself and no name of it: they work for what was deleted or replaced. map_files asks
        // for CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE in the initial user namespace (proc_pid_map_files(5)).
        if (module.IsMainExecutable && TryOpen(proc.Descriptor, "exe") is { } executable)
        {
            yield return executable;
        }

        RemoteRange range = module.Mappings[0].Range;
        string name = $"map_files/{range.Address.Value:x}-{range.End.Value:x}";
        if (TryOpen(proc.Descriptor, name) is { } mapped)
        {
            yield return mapped;
        }

        foreach (SafeFileHandle file in OpenPath(module.Path))
        {
            yield return file;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The map names a file by its path in its mount namespace. For a process under chroot that is a path from our
    /// root, not from its own, so both are tried.
    /// </remarks>
    public IEnumerable<SafeFileHandle> OpenPath(string path)
    {
        if (path.Length == 0 || path[0] != '/')
        {
            yield break;
        }

        if (TryOpenInTarget(path, "root") is { } inside)
        {
            yield return inside;
        }

        if (TryOpen(Libc.AtCurrentDirectory, path) is { } outside)
        {
            yield return outside;
        }
    }

    /// <summary>
    /// Opens a file by its path as the target sees it; null where there is no such regular file that we may read.
    /// </summary>
    public SafeFileHandle? TryOpenInTarget(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        if (path[0] == '/')
        {
            return TryOpenInTarget(path, "root");
        }

        // From its working folder, put below its root so that ".." leads somewhere and leaves nothing. Under chroot the
        // kernel names that folder from our root, which is then no path below the target's; so the folder itself comes
        // second.
        return (proc.ReadLink("cwd") is ['/', ..] folder ? TryOpenInTarget(folder + "/" + path, "root") : null)
            ?? TryOpenInTarget(path, "cwd");
    }

    private SafeFileHandle? TryOpenInTarget(string path, string rootName)
    {
        int root = ProcFolder.Open(proc.Descriptor, rootName, Libc.OpenPathOnly | Libc.OpenDirectory, out _);
        if (root < 0)
        {
            return null;
        }

        try
        {
            var how = new OpenHow
            {
                Flags = Libc.OpenPathOnly | Libc.OpenCloseOnExec,
                Resolve = OpenHow.ResolveInRoot | OpenHow.ResolveNoMagicLinks,
            };
            Span<byte> buffer = stackalloc byte[256];
            int found;
            fixed (byte* bytes = ProcFolder.NullTerminated(path, buffer))
            {
                found = Libc.OpenAt2(root, bytes, &how);
            }

            if (found < 0 && Marshal.GetLastPInvokeError() is Errno.NotImplemented or Errno.NotPermitted)
            {
                found = PathWalk.TryOpen(root, path);
            }

            return found < 0 ? null : Reopen(found);
        }
        finally
        {
            _ = Libc.Close(root);
        }
    }

    private static SafeFileHandle? TryOpen(int folder, string path)
    {
        int found = ProcFolder.Open(folder, path, Libc.OpenPathOnly, out _);
        return found < 0 ? null : Reopen(found);
    }

    /// <summary>
    /// Opens for reading what was found, once it is sure that it is a regular file. Closes the descriptor given.
    /// </summary>
    private static SafeFileHandle? Reopen(int found)
    {
        try
        {
            FileStatus status;
            byte empty = 0;
            if (Libc.Stat(found, &empty, Libc.AtEmptyPath, FileStatus.TypeAndInode, &status) != 0 || !status.IsRegularFile)
            {
                return null;
            }

            int file = ProcFolder.Open(
                Libc.AtCurrentDirectory,
                $"/proc/self/fd/{found}",
                Libc.OpenReadOnly | Libc.OpenNonBlocking | Libc.OpenNoTerminal,
                out _);
            return file < 0 ? null : new SafeFileHandle(file, ownsHandle: true);
        }
        finally
        {
            _ = Libc.Close(found);
        }
    }
}
