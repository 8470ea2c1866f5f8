using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Python.Layout;
using Pyflame.Tests.Python.Snapshots;

namespace Pyflame.Tests.Python;

public sealed class CodeObjectTests
{
    // One line per two bytes of code, in each format.
    private static readonly byte[] Deltas = [2, 1, 2, 1];
    private static readonly byte[] Ranges = [2, 0, 2, 1, 2, 1];
    private static readonly byte[] Locations = [0x80 | (11 << 3), 0, 0, 0x80 | (11 << 3), 0, 0, 0x80 | (11 << 3), 0, 0];

    public static TheoryData<string> AllVersions => [.. KnownOffsets.Versions.Select(version => version.ToString())];

    [Theory]
    [MemberData(nameof(AllVersions))]
    public void A_code_object_of_every_version_is_read(string text)
    {
        StructOffsets offsets = OffsetsOf(text);
        FakeObjects objects = new(offsets);
        RemoteAddress address = Sample(objects, offsets);

        CodeObject? code = Read(objects, offsets, address);

        Assert.NotNull(code);
        Assert.Equal("sample", code.Name);
        Assert.Equal(offsets.Version.IsAtLeast(3, 11) ? "Class.sample" : "sample", code.QualifiedName);
        Assert.Equal("/srv/app.py", code.FileName);
        Assert.Equal(10, code.FirstLineNumber);
        Assert.Equal(3, code.ArgumentCount);
        Assert.Equal(3, code.LocalCount);
        Assert.Equal(0x43, code.Flags);
        Assert.Equal(6, code.CodeSize);
        Assert.Equal(offsets.Version.IsAtLeast(3, 11) ? ["a", "b", "c"] : ["a", "b", "c", "cell", "free"], code.LocalNames);
        int first = offsets.Version.IsAtLeast(3, 11) ? 11 : 10;
        Assert.Equal([10, first, first + 1, first + 2], new[] { -1, 0, 2, 4 }.Select(code.GetLine));
    }

    [Theory]
    [InlineData("2.7.18", 1)]
    [InlineData("3.9.18", 1)]
    [InlineData("3.10.13", 2)]
    public void The_instruction_of_heap_frames_is_an_index(string version, int unit)
    {
        StructOffsets offsets = OffsetsOf(version);
        FakeObjects objects = new(offsets);
        CodeObject code = Read(objects, offsets, Sample(objects, offsets))!;

        Assert.Equal(0, code.GetInstructionOffset(0));
        Assert.Equal(4, code.GetInstructionOffset((ulong)(4 / unit)));
        Assert.Equal(CodeObject.NotStarted, code.GetInstructionOffset(ulong.MaxValue));
        Assert.Equal(CodeObject.NotStarted, code.GetInstructionOffset(uint.MaxValue));
        Assert.Equal(CodeObject.OutsideCode, code.GetInstructionOffset((ulong)(6 / unit)));
        Assert.Equal(CodeObject.OutsideCode, code.GetInstructionOffset(unchecked((ulong)-2L)));
        Assert.Equal(CodeObject.OutsideCode, code.GetInstructionOffset(int.MaxValue));
        Assert.Equal(CodeObject.OutsideCode, code.GetInstructionOffset(0x8000_0000));
    }

    [Theory]
    [InlineData("3.11.7")]
    [InlineData("3.12.1")]
    public void The_instruction_of_interpreter_frames_is_a_pointer(string version)
    {
        StructOffsets offsets = OffsetsOf(version);
        FakeObjects objects = new(offsets);
        RemoteAddress address = Sample(objects, offsets);
        CodeObject code = Read(objects, offsets, address)!;
        ulong start = address.Value + (ulong)offsets.CodeObject.CodeAdaptive;

        Assert.Equal(0, code.GetInstructionOffset(start));
        Assert.Equal(4, code.GetInstructionOffset(start + 4));
        Assert.Equal(4, code.GetInstructionOffset(start + 5));
        Assert.Equal(CodeObject.NotStarted, code.GetInstructionOffset(start - 2));
        Assert.Equal(CodeObject.OutsideCode, code.GetInstructionOffset(start - 4));
        Assert.Equal(CodeObject.OutsideCode, code.GetInstructionOffset(start + 6));
        Assert.Equal(CodeObject.OutsideCode, code.GetInstructionOffset(0));
        Assert.Equal(CodeObject.OutsideCode, code.GetInstructionOffset(ulong.MaxValue));
    }

    // Free-threaded 3.14 and later run copies of the bytecode, one a thread (InternalDocs/interpreter.md).
    [Fact]
    public void An_instruction_in_a_threads_own_copy_is_found_there()
    {
        StructOffsets offsets = DebugOffsetsTests.Parse(DebugOffsetsTables.FreeThreaded314);
        FakeObjects objects = new(offsets);
        RemoteAddress address = Sample(objects, offsets);
        RemoteAddress copies = objects.Allocate(64);
        RemoteAddress copy = objects.Allocate(16);
        objects.Put(address + offsets.CodeObject.Tlbc, copies.Value);
        objects.Put(copies, 3UL);
        objects.Put(copies + 8, (address + offsets.CodeObject.CodeAdaptive).Value);
        objects.Put(copies + 24, copy.Value);
        CodeObject code = Read(objects, offsets, address)!;

        Assert.Equal(2, code.GetInstructionOffset((address + offsets.CodeObject.CodeAdaptive + 2).Value));
        Assert.Equal(0, code.GetInstructionOffset(copy.Value));
        Assert.Equal(4, code.GetInstructionOffset(copy.Value + 4));
        Assert.Equal(CodeObject.OutsideCode, code.GetInstructionOffset(copy.Value + 6));
    }

    // _PyCode_GetTLBC (Objects/codeobject.c) replaces the array by a bigger one, and frees the old one later.
    [Fact]
    public void The_copies_are_found_where_their_array_was_replaced()
    {
        StructOffsets offsets = DebugOffsetsTests.Parse(DebugOffsetsTables.FreeThreaded314);
        FakeObjects objects = new(offsets);
        RemoteAddress address = Sample(objects, offsets);
        RemoteAddress small = objects.Allocate(64);
        RemoteAddress big = objects.Allocate(64);
        RemoteAddress copy = objects.Allocate(16);
        objects.Put(address + offsets.CodeObject.Tlbc, small.Value);
        objects.Put(small, 1UL);
        objects.Put(small + 8, (address + offsets.CodeObject.CodeAdaptive).Value);
        objects.Put(big, 2UL);
        objects.Put(big + 8, (address + offsets.CodeObject.CodeAdaptive).Value);
        objects.Put(big + 16, copy.Value);
        ChangeableMemory memory = new(objects.Memory);
        CodeObject code = CodeObject.TryRead(memory, offsets, new PythonStrings(memory, offsets), address)!;
        Assert.Equal(CodeObject.OutsideCode, code.GetInstructionOffset(copy.Value));

        (RemoteAddress start, byte[] bytes) = Assert.Single(memory.Pieces);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)(address + offsets.CodeObject.Tlbc - start)), big.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)(small - start)), ulong.MaxValue);

        Assert.Equal(4, code.GetInstructionOffset(copy.Value + 4));
    }

    [Fact]
    public void What_is_no_code_object_is_refused()
    {
        StructOffsets offsets = OffsetsOf("3.11.7");
        FakeObjects objects = new(offsets);
        RemoteAddress good = Sample(objects, offsets);
        RemoteAddress withoutName = Sample(objects, offsets);
        objects.Put(withoutName + offsets.CodeObject.Name, 0UL);
        RemoteAddress withoutFile = Sample(objects, offsets);
        objects.Put(withoutFile + offsets.CodeObject.FileName, objects.None().Value);
        CodeObjectCache cache = new(objects.Memory, offsets);

        Assert.NotNull(cache.Get(good));
        Assert.All(
            [withoutName, withoutFile, objects.None(), RemoteAddress.Null, new(8), new(ulong.MaxValue)],
            address => Assert.Null(cache.Get(address)));
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Without_its_lines_a_function_still_has_its_name()
    {
        StructOffsets offsets = OffsetsOf("3.8.18");
        FakeObjects objects = new(offsets);
        RemoteAddress address = Sample(objects, offsets);
        objects.Put(address + offsets.CodeObject.LineTable, 0x10UL);

        CodeObject code = Read(objects, offsets, address)!;

        Assert.Equal("sample", code.Name);
        Assert.Equal(10, code.GetLine(4));
    }

    [Fact]
    public void Another_code_object_at_a_known_address_is_noticed()
    {
        StructOffsets offsets = OffsetsOf("3.8.18");
        FakeObjects objects = new(offsets);
        RemoteAddress[] addresses = [.. Enumerable.Range(0, 5).Select(_ => Sample(objects, offsets))];
        SwitchableMemory memory = new(objects.Memory);
        CodeObjectCache cache = new(memory, offsets);
        Assert.All(addresses, address => Assert.NotNull(cache.Get(address)));
        RemoteAddress[] stale = new RemoteAddress[8];
        RemoteAddress[] asked = [addresses[3], new(0x10), addresses[0], addresses[1], addresses[4]];

        Assert.Equal(0, cache.Revalidate(asked, stale));
        objects.Put(addresses[1] + offsets.CodeObject.FirstLineNumber, 99);
        objects.Put(addresses[4] + offsets.CodeObject.Name, objects.Text("other").Value);
        memory.Current = objects.Memory;

        Assert.Equal(2, cache.Revalidate(asked, stale));
        Assert.Equal([addresses[1], addresses[4]], stale[..2]);
        Assert.Null(cache.Peek(addresses[1]));
        Assert.Equal("other", cache.Get(addresses[4])!.Name);
        Assert.Equal(99, cache.Get(addresses[1])!.FirstLineNumber);
        Assert.Equal(0, cache.Revalidate(asked, stale));

        memory.Current = new SnapshotMemory([]);
        Assert.Equal(4, cache.Revalidate(asked, stale));
        Assert.Equal([addresses[3], addresses[0], addresses[1], addresses[4]], stale[..4]);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Known_code_objects_cost_no_allocation()
    {
        StructOffsets offsets = OffsetsOf("3.12.1");
        FakeObjects objects = new(offsets);
        RemoteAddress[] addresses = [.. Enumerable.Range(0, 5).Select(_ => Sample(objects, offsets))];
        CodeObjectCache cache = new(objects.Memory, offsets);
        RemoteAddress[] stale = new RemoteAddress[5];
        long sum = 0;
        for (int i = 0; i < 100; i++)
        {
            sum += Use();
        }

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                sum += Use();
            }
        }));
        Assert.NotEqual(0, sum);

        long Use()
        {
            long lines = cache.Revalidate(addresses, stale);
            foreach (RemoteAddress address in addresses)
            {
                CodeObject code = cache.Get(address)!;
                lines += code.GetLine(code.GetInstructionOffset(address.Value + (ulong)offsets.CodeObject.CodeAdaptive + 2));
            }

            return lines;
        }
    }

    [Theory]
    [MemberData(nameof(AllVersions))]
    public void Damaged_memory_never_throws(string version)
    {
        StructOffsets offsets = OffsetsOf(version);
        Random random = new(7);
        FakeObjects pristine = new(offsets);
        RemoteAddress address = Sample(pristine, offsets);
        byte[] content = pristine.Content.ToArray();
        int found = 0;
        for (int round = 0; round < 3000; round++)
        {
            content.CopyTo(pristine.Content);
            int damages = random.Next(1, 6);
            for (int i = 0; i < damages; i++)
            {
                int at = random.Next(content.Length);
                switch (random.Next(3))
                {
                    case 0:
                        pristine.Content[at] ^= (byte)(1 << random.Next(8));
                        break;
                    case 1:
                        pristine.Content[at] = 0xFF;
                        break;
                    default:
                        pristine.Content.Slice(at & ~7, 8).Fill((byte)random.Next(256));
                        break;
                }
            }

            if (Read(pristine, offsets, address) is { } code)
            {
                found++;
                _ = code.LocalNames.Count;
                for (int offset = -2; offset < 20; offset++)
                {
                    code.GetLine(offset);
                    code.GetInstructionOffset((ulong)offset);
                    code.GetInstructionOffset(address.Value + (ulong)offset);
                }
            }
        }

        Assert.InRange(found, 1, 3000);
    }

    private static RemoteAddress Sample(FakeObjects objects, StructOffsets offsets) => objects.Code(
        "sample",
        "/srv/app.py",
        10,
        LineTable.FormatOf(offsets.Version) switch
        {
            LineTableFormat.Locations => Locations,
            LineTableFormat.Ranges => Ranges,
            _ => Deltas,
        },
        6);

    private static CodeObject? Read(FakeObjects objects, StructOffsets offsets, RemoteAddress address)
    {
        SnapshotMemory memory = objects.Memory;
        return CodeObject.TryRead(memory, offsets, new PythonStrings(memory, offsets), address);
    }

    private static StructOffsets OffsetsOf(string version)
    {
        Assert.True(VersionDetector.TryParse(version, out PythonVersion parsed, out _));
        Assert.True(KnownOffsets.TryGet(parsed, out StructOffsets? offsets));
        return offsets;
    }

    private sealed class SwitchableMemory(MemoryReader first) : MemoryReader
    {
        public MemoryReader Current { get; set; } = first;

        public override bool TryRead(RemoteAddress address, Span<byte> destination) => Current.TryRead(address, destination);

        public override int ReadMany(ReadOnlySpan<RemoteRange> ranges, Span<byte> destination) => Current.ReadMany(ranges, destination);
    }
}
