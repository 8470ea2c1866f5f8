using System.Buffers.Binary;
using Pyflame.Python;
using Pyflame.Python.Layout;

namespace Pyflame.Tests.Python;

public sealed class DebugOffsetsTests
{
    private static readonly ulong[][] All =
        [
            DebugOffsetsTables.Release313, DebugOffsetsTables.FreeThreaded313, DebugOffsetsTables.Release314,
            DebugOffsetsTables.FreeThreaded314, DebugOffsetsTables.Release315, DebugOffsetsTables.FreeThreaded315,
        ];

    [Fact]
    public void The_table_of_3_13_is_read_and_completed()
    {
        StructOffsets offsets = Parse(DebugOffsetsTables.Release313);

        Assert.Equal(new PythonVersion(3, 13), offsets.Version);
        Assert.False(offsets.FreeThreaded);
        Assert.Equal(new RuntimeStateOffsets { InterpretersHead = 632 }, offsets.RuntimeState);
        Assert.Equal(
            new InterpreterStateOffsets
            {
                Id = 7272,
                Next = 7264,
                ThreadsHead = 7344,
                ThreadsMain = 7352,
                Modules = 7656,
                SysDict = 7640,
                Gil = 16,
                GcCollecting = 7600,
                GilLockedInGil = 16,
                GilLastHolderInGil = 8,
            },
            offsets.InterpreterState);
        Assert.Equal(
            new ThreadStateOffsets
            {
                Prev = 0,
                Next = 8,
                Interp = 16,
                CurrentFrame = 72,
                ThreadId = 152,
                NativeThreadId = 160,
                DataStackChunk = 232,
                DataStackTop = 240,
                DataStackLimit = 248,
                Status = 32,
                StatusHoldsGilMask = 32,
                State = 40,
                Id = 224,
                GilStateCounter = 136,
            },
            offsets.ThreadState);
        Assert.Equal(
            new FrameOffsets
            {
                Previous = 8,
                Code = 0,
                Instruction = 56,
                Owner = 70,
                StackTop = 64,
                LocalsPlus = 72,
                Globals = 24,
                Locals = 40,
                Function = 16,
                HeaderSize = 72,
            },
            offsets.Frame);
        Assert.Equal(
            new CodeObjectOffsets
            {
                FileName = 112,
                Name = 120,
                QualifiedName = 128,
                LineTable = 136,
                FirstLineNumber = 68,
                ArgumentCount = 52,
                KeywordOnlyArgumentCount = 60,
                Flags = 48,
                LocalNames = 96,
                LocalKinds = 104,
                StackSize = 64,
                LocalsPlusCount = 72,
                LocalCount = 80,
                CodeAdaptive = 200,
                HeaderSize = 200,
            },
            offsets.CodeObject);
        Assert.Equal(
            new ObjectOffsets
            {
                Type = 8,
                VarSize = 16,
                TypeName = 24,
                TypeFlags = 168,
                BytesData = 32,
                TupleItems = 24,
                ListItems = 24,
                UnicodeLength = 16,
                UnicodeState = 32,
                UnicodeAsciiData = 40,
                UnicodeCompactData = 56,
                UnicodeDataPointer = 56,
            },
            offsets.Objects);
    }

    [Fact]
    public void The_table_of_3_15_is_read_and_completed()
    {
        StructOffsets offsets = Parse(DebugOffsetsTables.Release315);

        Assert.Equal(new PythonVersion(3, 15, 2), offsets.Version);
        Assert.Equal(7352, offsets.InterpreterState.ThreadsMain);
        Assert.Equal(7512, offsets.InterpreterState.GcCollecting);
        Assert.Equal(7944, offsets.InterpreterState.CodeObjectGeneration);
        Assert.Equal(
            new ThreadStateOffsets
            {
                Prev = 0,
                Next = 8,
                Interp = 16,
                CurrentFrame = 72,
                ThreadId = 176,
                NativeThreadId = 184,
                DataStackChunk = 256,
                DataStackTop = 264,
                DataStackLimit = 272,
                Status = 32,
                HoldsGil = 36,
                GilRequested = 40,
                State = 48,
                Id = 248,
                GilStateCounter = 160,
            },
            offsets.ThreadState);
        Assert.Equal((64, 80, 74), (offsets.Frame.StackTop, offsets.Frame.LocalsPlus, offsets.Frame.Owner));
        Assert.Equal((208, 32), (offsets.CodeObject.CodeAdaptive, offsets.Objects.TupleItems));
        Assert.Equal((40, 56, 56), (offsets.Objects.UnicodeAsciiData, offsets.Objects.UnicodeCompactData, offsets.Objects.UnicodeDataPointer));
    }

    [Fact]
    public void Free_threaded_tables_have_what_only_they_have()
    {
        StructOffsets old = Parse(DebugOffsetsTables.FreeThreaded313);
        StructOffsets middle = Parse(DebugOffsetsTables.FreeThreaded314);
        StructOffsets latest = Parse(DebugOffsetsTables.FreeThreaded315);

        Assert.All([old, middle, latest], offsets =>
        {
            Assert.True(offsets.FreeThreaded);
            Assert.Equal((24, 32), (offsets.Objects.Type, offsets.Objects.VarSize));
            Assert.Equal((0, 24, 16), (offsets.InterpreterState.GilEnabledInGil, offsets.InterpreterState.GilLockedInGil, offsets.InterpreterState.GilLastHolderInGil));
            Assert.Equal((128, 136, 152, 84), (offsets.CodeObject.FileName, offsets.CodeObject.Name, offsets.CodeObject.LineTable, offsets.CodeObject.FirstLineNumber));
        });
        Assert.Equal((StructOffsets.Absent, StructOffsets.Absent, 216), (old.CodeObject.Tlbc, old.Frame.TlbcIndex, old.CodeObject.CodeAdaptive));
        Assert.Equal((224, 72, 232), (middle.CodeObject.Tlbc, middle.Frame.TlbcIndex, middle.CodeObject.CodeAdaptive));
        Assert.Equal((224, 72, 232), (latest.CodeObject.Tlbc, latest.Frame.TlbcIndex, latest.CodeObject.CodeAdaptive));
        Assert.Equal((17300, 17252), (middle.InterpreterState.TlbcGeneration, latest.InterpreterState.TlbcGeneration));
        Assert.Equal((40, 40), (middle.Objects.ListItems, latest.Objects.ListItems));
    }

    [Fact]
    public void A_later_version_with_the_same_table_is_read()
    {
        StructOffsets offsets = Parse([DebugOffsetsTables.Cookie, 0x031000F0, .. DebugOffsetsTables.Release315[2..]]);

        Assert.Equal(new PythonVersion(3, 16), offsets.Version);
        Assert.Equal(Parse(DebugOffsetsTables.Release315) with { Version = offsets.Version }, offsets);
    }

    [Fact]
    public void A_later_version_with_another_table_is_refused()
    {
        // One slot more in the thread state, as it came about between 3.14 and 3.15.
        ulong[] shifted = [DebugOffsetsTables.Cookie, 0x031000F0, .. DebugOffsetsTables.Release315[2..27], 80, .. DebugOffsetsTables.Release315[27..]];

        Assert.False(DebugOffsets.TryParse(Bytes(shifted), out _, out string? problem));
        Assert.StartsWith("has debug offsets of 3.16.0 that are not plausible (", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_table_is_refused()
    {
        Assert.False(DebugOffsets.TryParse([], out _, out string? problem));
        Assert.Equal("has no table of debug offsets", problem);
        Assert.False(DebugOffsets.TryParse(Bytes([1, .. DebugOffsetsTables.Release313[1..]]), out _, out _));
        Assert.False(DebugOffsets.TryParse(Bytes([DebugOffsetsTables.Cookie, 0x030C00F0, .. DebugOffsetsTables.Release313[2..]]), out _, out problem));
        Assert.Equal("claims the version 3.12.0 for its debug offsets", problem);
        Assert.False(DebugOffsets.TryParse(Bytes([DebugOffsetsTables.Cookie, 0x040D00F0, .. DebugOffsetsTables.Release313[2..]]), out _, out _));
        Assert.False(DebugOffsets.TryParse(Bytes([DebugOffsetsTables.Cookie, 0x030D00F0, 2, .. DebugOffsetsTables.Release313[3..]]), out _, out problem));
        Assert.Equal("has debug offsets of 3.13.0 that are not plausible (free_threaded)", problem);
    }

    [Fact]
    public void A_table_that_ends_early_is_refused()
    {
        foreach (ulong[] table in All)
        {
            byte[] bytes = Bytes(table);
            int needed = Enumerable.Range(0, bytes.Length + 1).First(length => DebugOffsets.TryParse(bytes.AsSpan(0, length), out _, out _));
            Assert.InRange(needed, 70 * 8, bytes.Length);
            Assert.All(Enumerable.Range(needed, bytes.Length - needed), length => Assert.True(DebugOffsets.TryParse(bytes.AsSpan(0, length), out _, out _)));
        }
    }

    [Fact]
    public void Whatever_a_slot_says_the_offsets_stay_in_their_structures()
    {
        ulong[] values = [0, 1, 4, 7, 8, 255, 256, 4096, 4097, 65536, 1 << 20, int.MaxValue, uint.MaxValue, 1UL << 63, ulong.MaxValue];
        foreach (ulong[] table in All)
        {
            for (int slot = 2; slot < table.Length; slot++)
            {
                foreach (ulong value in values)
                {
                    ulong[] changed = [.. table];
                    changed[slot] = value;
                    if (DebugOffsets.TryParse(Bytes(changed), out StructOffsets? offsets, out _))
                    {
                        AssertUsable(offsets);
                    }
                }
            }
        }
    }

    [Fact]
    public void Random_tables_never_throw()
    {
        Random random = new(3);
        for (int round = 0; round < 20_000; round++)
        {
            ulong[] table = [.. All[random.Next(All.Length)]];
            for (int i = random.Next(1, 8); i > 0; i--)
            {
                table[random.Next(2, table.Length)] = (ulong)random.Next(0, 64) * 8;
            }

            if (DebugOffsets.TryParse(Bytes(table), out StructOffsets? offsets, out _))
            {
                AssertUsable(offsets);
            }
        }
    }

    public static StructOffsets Parse(ulong[] table)
    {
        Assert.True(DebugOffsets.TryParse(Bytes(table), out StructOffsets? offsets, out string? problem), problem);
        return offsets;
    }

    // What the readers rely on when they slice the bytes that they have read.
    private static void AssertUsable(StructOffsets offsets)
    {
        CodeObjectOffsets code = offsets.CodeObject;
        Assert.InRange(code.HeaderSize, 64, 4096);
        Assert.All(
            [code.Name, code.QualifiedName, code.FileName, code.LineTable, code.LocalNames, code.LocalKinds, offsets.Objects.Type, offsets.Objects.VarSize],
            offset => Assert.InRange(offset, 0, code.HeaderSize - 8));
        Assert.All(
            [code.FirstLineNumber, code.ArgumentCount, code.KeywordOnlyArgumentCount, code.Flags, code.LocalCount, code.StackSize, code.LocalsPlusCount],
            offset => Assert.InRange(offset, 0, code.HeaderSize - 4));
        FrameOffsets frame = offsets.Frame;
        Assert.All(
            [frame.Previous, frame.Code, frame.Instruction, frame.StackTop, frame.Globals, frame.Locals, frame.Function],
            offset => Assert.InRange(offset, 0, frame.HeaderSize - 8));
        Assert.InRange(frame.Owner, 0, frame.HeaderSize - 1);
        Assert.InRange(frame.HeaderSize, 1, 4096);
        Assert.InRange(offsets.ThreadState.DataStackLimit, 16, 64 << 10);
        Assert.InRange(offsets.ThreadState.GilStateCounter, 0, 64 << 10);
        Assert.InRange(offsets.ThreadState.Id, 0, 64 << 10);
        Assert.InRange(offsets.ThreadState.State, 0, (64 << 10) + 16);
        Assert.InRange(offsets.Objects.UnicodeState + 4, 0, offsets.Objects.UnicodeAsciiData);
        Assert.InRange(offsets.Objects.UnicodeLength + 8, 0, offsets.Objects.UnicodeAsciiData);
        _ = new FakeObjects(offsets).Code("name", "file", 1, [], 2);
    }

    private static byte[] Bytes(ulong[] table)
    {
        byte[] bytes = new byte[table.Length * 8];
        for (int i = 0; i < table.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 8), table[i]);
        }

        return bytes;
    }
}
