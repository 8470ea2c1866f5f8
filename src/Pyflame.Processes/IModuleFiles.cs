using Microsoft.Win32.SafeHandles;

namespace Pyflame.Processes;

/// <summary>Opens the files that belong to the modules of a target.</summary>
internal interface IModuleFiles
{
    /// <summary>
    /// Opens the files that may be the one that a module was mapped from, the surest first. The caller checks that it
    /// is, and closes them.
    /// </summary>
    public IEnumerable<SafeFileHandle> OpenCandidates(LoadedModule module);

    /// <summary>
    /// Opens a file by its path as the target sees it, and then as we see it; the caller closes them.
    /// </summary>
    public IEnumerable<SafeFileHandle> OpenPath(string path);

    /// <summary>
    /// How much of the compressed sections of these files may still be unpacked; whoever does takes it off.
    /// <see cref="ParseLimits.UnpackedSectionBytes"/> to begin with.
    /// </summary>
    public long UnpackingLeft { get; set; }
}
