using System.Text;

namespace Pyflame.Profiles.Packing;

/// <summary>Writes what the tables of a growing profile hold beyond what has been written, and reads it back in.</summary>
internal sealed class TableDelta
{
    // What one record takes, so that its payload stays well under the longest: text, and entries of up to 20 bytes.
    private const int TextBytesPerRecord = 1 << 20;
    private const int EntriesPerRecord = 50_000;

    private int _strings = 1;
    private int _functions;
    private int _frames;
    private int _stacks = 1;

    /// <summary>Whether the profile holds nothing that has not been written.</summary>
    public bool IsUpToDate(Profile profile) =>
        _strings == profile.Strings.Count && _functions == profile.Functions.Count
        && _frames == profile.Frames.Count && _stacks == StackEnd(profile);

    /// <summary>Writes one payload's worth of new entries; to be repeated until the file is up to date.</summary>
    public void Write(Profile profile, PackedWriter writer)
    {
        // What does not fit is left for the next record, and so is what may refer to it.
        _strings = WriteStrings(writer, profile.Strings);
        bool all = _strings == profile.Strings.Count;

        int end = WriteRange(writer, _functions, all ? profile.Functions.Count : _functions);
        for (; _functions < end; _functions++)
        {
            FunctionInfo function = profile.Functions[new FunctionId(_functions)];
            writer.Write(function.Name.Value);
            writer.Write(function.QualifiedName.Value);
            writer.Write(function.FileName.Value);
            writer.Write(Math.Max(0, function.FirstLineNumber));
        }

        all &= _functions == profile.Functions.Count;
        end = WriteRange(writer, _frames, all ? profile.Frames.Count : _frames);
        for (; _frames < end; _frames++)
        {
            FrameInfo frame = profile.Frames[new FrameId(_frames)];
            writer.Write(frame.Function.Value);
            writer.Write(Math.Max(0, frame.LineNumber));
            writer.Write((int)frame.Kind);
        }

        all &= _frames == profile.Frames.Count;
        end = WriteRange(writer, _stacks, all ? StackEnd(profile) : _stacks);
        for (; _stacks < end; _stacks++)
        {
            // A stack's parent is most often the entry before it.
            var stack = new StackId(_stacks);
            writer.Write(_stacks - profile.Stacks.Parent(stack).Value);
            writer.Write(profile.Stacks.Frame(stack).Value);
        }
    }

    /// <summary>Adds the entries of one payload to the profile.</summary>
    /// <exception cref="DamagedRecordException">The payload is not one of this profile.</exception>
    public static void Read(ref PackedReader reader, Profile profile, ref long textTotal)
    {
        for (int count = ReadStart(ref reader, profile.Strings.Count, "texts"); count > 0; count--)
        {
            string text = reader.ReadText("a text");
            textTotal += text.Length;
            if (textTotal > ProfileFileLayout.MaxTextTotal)
            {
                throw new DamagedRecordException("its texts are longer than any profile's");
            }

            Expect(profile.Strings.Intern(text).Value, profile.Strings.Count, "text");
        }

        for (int count = ReadStart(ref reader, profile.Functions.Count, "functions"); count > 0; count--)
        {
            var function = new FunctionInfo(
                new StringId((int)reader.Read(profile.Strings.Count - 1, "a function's name")),
                new StringId((int)reader.Read(profile.Strings.Count - 1, "a function's qualified name")),
                new StringId((int)reader.Read(profile.Strings.Count - 1, "a function's file")),
                (int)reader.Read(int.MaxValue, "a function's first line"));
            Expect(profile.Functions.Intern(function).Value, profile.Functions.Count, "function");
        }

        for (int count = ReadStart(ref reader, profile.Frames.Count, "frames"); count > 0; count--)
        {
            var frame = new FrameInfo(
                new FunctionId((int)reader.Read(profile.Functions.Count - 1, "a frame's function")),
                (int)reader.Read(int.MaxValue, "a frame's line"),
                (FrameKind)reader.Read(byte.MaxValue, "a frame's kind"));
            Expect(profile.Frames.Intern(frame).Value, profile.Frames.Count, "frame");
        }

        for (int count = ReadStart(ref reader, profile.Stacks.Count, "stacks"); count > 0; count--)
        {
            int index = profile.Stacks.Count;
            var parent = new StackId(index - (int)reader.Read(index, "a stack's parent"));
            if (parent.Value == index)
            {
                throw new DamagedRecordException("a stack is its own parent");
            }

            var frame = new FrameId((int)reader.Read(profile.Frames.Count - 1, "a stack's frame"));
            Expect(profile.Stacks.Intern(parent, frame).Value, profile.Stacks.Count, "stack");
        }
    }

    private static int StackEnd(Profile profile) => Math.Min(profile.Stacks.Count, ProfileFileLayout.MaxTableEntries);

    private int WriteStrings(PackedWriter writer, StringTable strings)
    {
        int end = _strings;
        for (int bytes = 0; end < strings.Count && bytes < TextBytesPerRecord; end++)
        {
            bytes += 1 + Encoding.UTF8.GetByteCount(strings[new StringId(end)]);
        }

        writer.Write(_strings);
        writer.Write(end - _strings);
        for (int index = _strings; index < end; index++)
        {
            writer.Write(strings[new StringId(index)]);
        }

        return end;
    }

    // Each part begins with the index of its first entry, so that a reader notices a record that went missing.
    private static int WriteRange(PackedWriter writer, int first, int end)
    {
        end = Math.Min(end, first + EntriesPerRecord);
        writer.Write(first);
        writer.Write(end - first);
        return end;
    }

    private static int ReadStart(ref PackedReader reader, int have, string what)
    {
        long start = reader.Read(ProfileFileLayout.MaxTableEntries, $"where the {what} begin");
        int count = reader.ReadCount($"the number of {what}");
        if (start != have)
        {
            throw new DamagedRecordException($"its {what} begin with number {start} where {have} is next");
        }

        if (count > ProfileFileLayout.MaxTableEntries - have)
        {
            throw new DamagedRecordException($"there are more {what} than {ProfileFileLayout.MaxTableEntries}");
        }

        return count;
    }

    private static void Expect(int index, int count, string what)
    {
        if (index != count - 1)
        {
            throw new DamagedRecordException($"a {what} is there twice");
        }
    }
}
