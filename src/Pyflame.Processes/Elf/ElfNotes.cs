using System.Buffers.Binary;

namespace Pyflame.Processes.Elf;

/// <summary>Reads the notes of an image.</summary>
internal static class ElfNotes
{
    /// <summary>
    /// Reads them from the segments and, where those have none, from the sections: the segments of a debug file point
    /// at bytes that it does not hold.
    /// </summary>
    public static List<ElfNote> Read(ElfImage image)
    {
        var notes = new List<ElfNote>();
        foreach (ElfSegment segment in image.Segments)
        {
            if (segment.Type == ElfConstants.SegmentNote)
            {
                ReadRun(image, segment.FileOffset, segment.FileSize, notes);
            }
        }

        if (notes.Count == 0)
        {
            foreach (ElfSection section in image.Sections)
            {
                if (section.Type == ElfConstants.SectionNote)
                {
                    ReadRun(image, section.FileOffset, section.Size, notes);
                }
            }
        }

        return notes;
    }

    private static void ReadRun(ElfImage image, ulong offset, ulong size, List<ElfNote> notes)
    {
        byte[] bytes = new byte[Math.Min(size, ParseLimits.ElfNoteBytes)];
        ReadOnlyMemory<byte> rest = bytes.AsMemory(0, image.Source.Read(offset, bytes));
        while (rest.Length >= 12 && notes.Count < ParseLimits.ElfSegments)
        {
            uint nameLength = BinaryPrimitives.ReadUInt32LittleEndian(rest.Span);
            uint contentLength = BinaryPrimitives.ReadUInt32LittleEndian(rest.Span[4..]);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(rest.Span[8..]);

            // Names and contents are padded to four bytes, in 64-bit images too, whatever the gABI says (elf(5),
            // "Notes").
            ulong contentAt = 12 + (((ulong)nameLength + 3) & ~3UL);
            ulong end = contentAt + (((ulong)contentLength + 3) & ~3UL);
            if (contentAt + contentLength > (ulong)rest.Length)
            {
                return;
            }

            ReadOnlySpan<byte> name = rest.Span.Slice(12, (int)nameLength);
            int zero = name.IndexOf((byte)0);
            notes.Add(new ElfNote(
                ByteText.Decode(zero >= 0 ? name[..zero] : name), type, rest.Slice((int)contentAt, (int)contentLength)));
            if (end >= (ulong)rest.Length)
            {
                return;
            }

            rest = rest[(int)end..];
        }
    }
}
