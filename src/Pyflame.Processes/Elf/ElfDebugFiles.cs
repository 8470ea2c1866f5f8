using Pyflame.Processes.Xz;

namespace Pyflame.Processes.Elf;

/// <summary>
/// Where the separate debug file of an image is ("Debugging Information in Separate Files" in GDB's manual).
/// </summary>
internal static class ElfDebugFiles
{
    private const string Folder = "/usr/lib/debug";

    /// <summary>The paths to try, the surest first, as the target sees them.</summary>
    /// <param name="path">The path of the image.</param>
    /// <param name="buildId">Its build id; may be empty.</param>
    /// <param name="file">Its file, for the name in <c>.gnu_debuglink</c>; null where that is out of reach.</param>
    public static List<string> Paths(string path, ReadOnlySpan<byte> buildId, ElfImage? file)
    {
        var paths = new List<string>();
        if (buildId.Length >= 2)
        {
            string hex = Convert.ToHexStringLower(buildId);
            paths.Add($"{Folder}/.build-id/{hex[..2]}/{hex[2..]}.debug");
        }

        if (file is not null && file.TryReadDebugLink(out string name, out _))
        {
            string folder = path[..(path.LastIndexOf('/') + 1)];
            paths.Add(folder + name);
            paths.Add(folder + ".debug/" + name);
            paths.Add(Folder + folder + name);
        }

        return paths;
    }

    /// <summary>Whether a debug file is the one that was split off from an image.</summary>
    /// <param name="debugFile">The debug file.</param>
    /// <param name="image">The image in memory.</param>
    /// <param name="file">Its file, for the checksum in <c>.gnu_debuglink</c>.</param>
    public static bool Fits(ElfImage debugFile, ElfImage image, ElfImage? file)
    {
        if (image.BuildId.Length != 0)
        {
            return debugFile.BuildId.Span.SequenceEqual(image.BuildId.Span);
        }

        return file is not null
            && file.TryReadDebugLink(out _, out uint wanted)
            && Checksum(debugFile.Source) == wanted;
    }

    /// <summary>The CRC-32 of the whole file; only old images without a build id need it.</summary>
    private static uint Checksum(ByteSource source)
    {
        Checksum<uint> checksum = Checksums.Crc32();
        byte[] chunk = new byte[64 << 10];
        for (ulong at = 0; at < ParseLimits.ElfDebugFileBytes;)
        {
            int count = source.Read(at, chunk);
            checksum.Add(chunk.AsSpan(0, count));
            if (count < chunk.Length)
            {
                break;
            }

            at += (ulong)count;
        }

        return checksum.Value;
    }
}
