using Pyflame.Processes.Xz;

namespace Pyflame.Processes.Elf;

/// <summary>
/// The symbols that a stripped image carries in its section <c>.gnu_debugdata</c>: an ELF image that has little more than a
/// <c>.symtab</c>, packed with xz ("MiniDebugInfo" in GDB's manual). Fedora and its like build every package so.
/// </summary>
internal static class ElfMiniDebugInfo
{
    /// <summary>Unpacks that image.</summary>
    /// <param name="file">The file of the stripped image.</param>
    /// <param name="left">How much may still be unpacked (<see cref="ParseLimits.UnpackedSectionBytes"/>).</param>
    /// <param name="image">The image; null where there is none.</param>
    /// <returns>False where the file has none, or one that is damaged or too large.</returns>
    public static bool TryUnpack(ElfImage file, ref long left, out ElfImage? image)
    {
        image = null;
        if (!file.TryFindSection(".gnu_debugdata", out ElfSection section)
            || section.Size > (ulong)Math.Max(0, left)
            || file.TryReadSection(section) is not { } packed)
        {
            return false;
        }

        left -= packed.Length;
        var unpacked = new UnpackedBytes((int)Math.Min(left, ParseLimits.ElfSectionBytes));
        bool isWhole = XzFile.TryUnpack(packed, unpacked);
        left -= unpacked.Length;
        return isWhole && ElfImage.TryParse(new ArrayByteSource(unpacked.Memory), out image) == ElfStatus.Ok;
    }
}
