using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Python.Layout;

namespace Pyflame.Tests.Python;

/// <summary>A thread of an interpreter that never was: memory laid out like CPython's, which a test can change as it likes.</summary>
internal sealed class FakeThread : MemoryReader
{
    public const ulong ThreadStateAddress = 0x10_0000;
    public const ulong ChunkAddress = 0x20_0000;
    public const ulong HeapAddress = 0x40_0000;
    public const int ChunkSize = 16 * 1024;
    public const int FrameSize = 128;
    private readonly SortedDictionary<ulong, byte[]> _memory = [];

    public FakeThread(StructOffsets offsets)
    {
        Offsets = offsets;
        _memory[ThreadStateAddress] = new byte[512];
    }

    public StructOffsets Offsets { get; }

    /// <summary>How often the memory was asked for anything.</summary>
    public int Calls { get; private set; }

    public static StructOffsets Of(int major, int minor) =>
        KnownOffsets.TryGet(new PythonVersion(major, minor), out StructOffsets? offsets)
            ? offsets
            : throw new ArgumentException("No table for this version.");

    public void Map(ulong address, int length) => _memory[address] = new byte[length];

    public void Unmap(ulong address) => _memory.Remove(address);

    public void Write(ulong address, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Find(address, 8), value);

    public void WriteByte(ulong address, byte value) => Find(address, 1)[0] = value;

    /// <summary>Makes a chunk of the data stack the newest one.</summary>
    public void AddChunk(ulong address, ulong previous)
    {
        Map(address, ChunkSize);
        Write(address, previous);
        Write(address + 8, ChunkSize);
        SetTop(address, address + 24);
    }

    /// <summary>Says up to where the newest chunk is used.</summary>
    public void SetTop(ulong chunk, ulong top)
    {
        Write(ThreadStateAddress + (ulong)Offsets.ThreadState.DataStackChunk, chunk);
        Write(ThreadStateAddress + (ulong)Offsets.ThreadState.DataStackTop, top);
    }

    /// <summary>Writes a frame; its memory must be mapped.</summary>
    public void WriteFrame(ulong address, ulong code, ulong previous, ulong instruction, byte owner = 0)
    {
        Write(address + (ulong)Offsets.Frame.Code, code);
        Write(address + (ulong)Offsets.Frame.Previous, previous);
        if (Offsets.HasInterpreterFrames)
        {
            Write(address + (ulong)Offsets.Frame.Instruction, instruction);
            WriteByte(address + (ulong)Offsets.Frame.Owner, owner);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(Find(address + (ulong)Offsets.Frame.Instruction, 4), (int)instruction);
        }
    }

    /// <summary>Makes a frame the innermost one. Where there is a <c>_PyCFrame</c> it lies at the end of the thread state.</summary>
    public void SetCurrent(ulong frame)
    {
        if (Offsets.ThreadState.CFrame < 0)
        {
            Write(ThreadStateAddress + (ulong)Offsets.ThreadState.CurrentFrame, frame);
            return;
        }

        const ulong CFrame = ThreadStateAddress + 480;
        Write(ThreadStateAddress + (ulong)Offsets.ThreadState.CFrame, CFrame);
        Write(CFrame + (ulong)Offsets.ThreadState.CurrentFrameInCFrame, frame);
    }

    public override bool TryRead(RemoteAddress address, Span<byte> destination)
    {
        Calls++;
        return TryCopy(address, destination);
    }

    public override int ReadMany(ReadOnlySpan<RemoteRange> ranges, Span<byte> destination)
    {
        Calls++;
        return base.ReadMany(ranges, destination);
    }

    protected override int ReadPart(RemoteAddress address, Span<byte> destination) => TryCopy(address, destination) ? destination.Length : 0;

    private bool TryCopy(RemoteAddress address, Span<byte> destination)
    {
        foreach ((ulong start, byte[] bytes) in _memory)
        {
            ulong offset = address.Value - start;
            if (address.Value >= start && offset + (ulong)destination.Length <= (ulong)bytes.Length)
            {
                bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
                return true;
            }
        }

        return false;
    }

    private Span<byte> Find(ulong address, int length)
    {
        foreach ((ulong start, byte[] bytes) in _memory)
        {
            if (address >= start && address + (ulong)length <= start + (ulong)bytes.Length)
            {
                return bytes.AsSpan((int)(address - start), length);
            }
        }

        throw new ArgumentOutOfRangeException(nameof(address), $"0x{address:x} is not mapped.");
    }
}
