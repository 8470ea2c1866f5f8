using System.Buffers.Text;

namespace Pyflame.Processes.Linux;

/// <summary>Parses <c>/proc/PID/maps</c> (proc_pid_maps(5)).</summary>
internal static class ProcMaps
{
    private static ReadOnlySpan<byte> Deleted => " (deleted)"u8;

    /// <summary>Parses a whole map. A line that is not as the kernel writes it is left out.</summary>
    public static List<MemoryMapping> Parse(ReadOnlySpan<byte> text)
    {
        var mappings = new List<MemoryMapping>(256);

        // Neighbours are most often of one file, so its name is decoded once.
        ReadOnlySpan<byte> lastName = default;
        string lastPath = "";
        bool lastIsDeleted = false;
        while (!text.IsEmpty && mappings.Count < ParseLimits.Mappings)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (!TryParseLine(line, out MemoryMapping mapping, out ReadOnlySpan<byte> name))
            {
                continue;
            }

            if (!name.SequenceEqual(lastName) || lastPath.Length == 0)
            {
                lastName = name;
                lastIsDeleted = mapping.Inode != 0 && name.EndsWith(Deleted);
                lastPath = DecodePath(lastIsDeleted ? name[..^Deleted.Length] : name);
            }

            mappings.Add(mapping with { Path = lastPath, IsDeleted = lastIsDeleted });
        }

        return mappings;
    }

    private static bool TryParseLine(ReadOnlySpan<byte> line, out MemoryMapping mapping, out ReadOnlySpan<byte> name)
    {
        // 7f2c5a000000-7f2c5a021000 rw-p 00001000 08:01 1234567                    /usr/lib/libc.so.6
        mapping = default;
        name = default;
        if (!TryTakeHex(ref line, (byte)'-', out ulong start)
            || !TryTakeHex(ref line, (byte)' ', out ulong end)
            || end < start
            || line.Length < 5
            || line[4] != ' ')
        {
            return false;
        }

        MappingAccess access = (line[0] == 'r' ? MappingAccess.Read : 0)
            | (line[1] == 'w' ? MappingAccess.Write : 0)
            | (line[2] == 'x' ? MappingAccess.Execute : 0)
            | (line[3] == 's' ? MappingAccess.Shared : 0);
        line = line[5..];
        if (!TryTakeHex(ref line, (byte)' ', out ulong offset)
            || !TryTakeHex(ref line, (byte)':', out ulong major)
            || !TryTakeHex(ref line, (byte)' ', out ulong minor)
            || !Utf8Parser.TryParse(line, out ulong inode, out int digits))
        {
            return false;
        }

        name = line[digits..].TrimStart((byte)' ');
        mapping = new MemoryMapping(
            new RemoteRange(new RemoteAddress(start), end - start), access, offset, (major << 32) | minor, inode, "", false);
        return true;
    }

    private static bool TryTakeHex(ref ReadOnlySpan<byte> line, byte separator, out ulong value)
    {
        if (!Utf8Parser.TryParse(line, out value, out int digits, 'x') || digits >= line.Length || line[digits] != separator)
        {
            return false;
        }

        line = line[(digits + 1)..];
        return true;
    }

    private static string DecodePath(ReadOnlySpan<byte> name)
    {
        // The kernel escapes the end of a line in a name, and nothing else.
        string path = ByteText.Decode(name);
        return path.Contains("\\012", StringComparison.Ordinal) ? path.Replace("\\012", "\n", StringComparison.Ordinal) : path;
    }
}
