using System.Diagnostics;
using Pyflame.Processes;

namespace Pyflame.Python;

/// <summary>
/// Reads the stack of a running thread so that it can be believed: frames, thread state, and the frames again, in one system call,
/// and kept only where every frame of the chain is the same in both copies.
/// </summary>
/// <remarks>
/// <para>
/// Nothing but the frames of the stack that was last seen is read, in as few pieces as there can be: the less time passes between the
/// copies, the more stacks can be proven. A copy of a single piece is as good as one moment, since it takes a tenth of the time
/// that lies between two pieces.
/// </para>
/// <para>
/// The first copy runs from the outermost frame inwards and the second one back again, so that the innermost frames, which
/// change the most, are read right before and right after the thread state that says which of them is current. A mixture of two
/// stacks then passes only where the thread went to the other stack and back within one call; a call that took longer than such
/// calls do proves nothing (<see cref="ReadPace"/>).
/// </para>
/// </remarks>
public sealed class StackProof
{
    // Heap frames that lie close together are joined to pieces of at most this size, and longer pieces are read backwards in parts of it.
    private const int PieceSize = 8192;
    private const int MostSlowReads = 16;

    private readonly RangeReader _reader = new();
    private readonly ReadPace _pace = new();
    private RemoteRange[] _ranges = new RemoteRange[64];
    private byte[] _read = new byte[16 * 1024];
    private byte[] _first = new byte[16 * 1024];
    private byte[] _again = new byte[16 * 1024];

    /// <summary>
    /// Whether the last stack proven is of a moment at which a call began or ended, where the frames could tell which of them runs and none
    /// did: what lies behind the caller may then be of the call before.
    /// </summary>
    public bool IsVague { get; private set; }

    /// <summary>Reads and proves one stack; on success it is in <paramref name="reader"/>.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="reader">The thread. Where its last sample could be decoded, that is the stack that is tried first.</param>
    /// <param name="tries">How often at the most it is tried again where the thread changed its stack meanwhile.</param>
    /// <returns>
    /// <see cref="StackStatus.Complete"/> or <see cref="StackStatus.Truncated"/> where it is proven; <see cref="StackStatus.Torn"/>
    /// where it is not; <see cref="StackStatus.ThreadGone"/>.
    /// </returns>
    public StackStatus TryRead(MemoryReader memory, StackReader reader, int tries)
    {
        // Learning where frames lie takes reads of its own that are not tries; a thread that keeps moving ends it all the same.
        int learnings = 8;
        int slow = MostSlowReads;
        while (tries > 0)
        {
            if (!reader.TryNarrow())
            {
                StackStatus found = ReadOnce(memory, reader);
                if (found == StackStatus.ThreadGone)
                {
                    return found;
                }

                if (!reader.TryNarrow())
                {
                    tries -= learnings-- > 0 ? 0 : 1;
                }

                continue;
            }

            StackPlan plan = reader.Narrowed;
            int wanted = plan.ByteCount + plan.ByteCount - plan.HeadSize;
            Reserve(wanted);
            int count = LayOut(plan);
            _reader.Plan(_ranges.AsSpan(0, count), PieceSize);
            long start = Stopwatch.GetTimestamp();
            int read = _reader.Read(memory, _read.AsSpan(0, wanted));
            bool isSlow = _pace.IsSlow(_reader.PieceCount + _reader.PageCount, Stopwatch.GetTimestamp() - start);
            if (read < wanted)
            {
                reader.Discard();
                tries--;
                continue;
            }

            Assemble(plan);
            StackStatus status = reader.DecodeNarrowed(_first.AsSpan(0, plan.ByteCount));
            if (status is StackStatus.Complete or StackStatus.Truncated && reader.Confirm(_again.AsSpan(0, plan.ByteCount)))
            {
                // A stack that stands still so long is no mixture, however slow the machine is just now.
                if (isSlow && slow-- > 0)
                {
                    continue;
                }

                IsVague = !reader.IsExact && reader.TellsExactly;
                return status;
            }

            tries--;
        }

        return StackStatus.Torn;
    }

    /// <summary>Reads one stack that cannot change: that of a thread that is stopped, or of a snapshot.</summary>
    /// <param name="memory">The target's memory.</param>
    /// <param name="reader">The thread; on success its stack is there.</param>
    public StackStatus ReadStopped(MemoryReader memory, StackReader reader)
    {
        // Each turn either ends or adds the addresses that were missing.
        for (int turn = 0; turn < 64; turn++)
        {
            int wanted = reader.ByteCount;
            Reserve(wanted);
            int read = memory.ReadMany(reader.Ranges, _first.AsSpan(0, wanted));
            if (read < wanted)
            {
                if (!reader.ForgetUnreadable(read))
                {
                    return StackStatus.ThreadGone;
                }

                continue;
            }

            StackStatus status = reader.DecodeStopped(_first.AsSpan(0, wanted));
            if (status != StackStatus.Missed)
            {
                return status;
            }

            reader.Learn(memory, _first.AsSpan(0, wanted));
        }

        return StackStatus.Torn;
    }

    /// <summary>Reads a single copy of everything that the thread's stack may lie in.</summary>
    private StackStatus ReadOnce(MemoryReader memory, StackReader reader)
    {
        int wanted = reader.ByteCount;
        Reserve(wanted);
        _reader.Plan(reader.Ranges, PieceSize);
        int read = _reader.Read(memory, _first.AsSpan(0, wanted));
        if (read < wanted)
        {
            return reader.ForgetUnreadable(read) ? StackStatus.Torn : StackStatus.ThreadGone;
        }

        StackStatus status = reader.Decode(_first.AsSpan(0, wanted));
        if (status == StackStatus.Missed)
        {
            reader.Learn(memory, _first.AsSpan(0, wanted));
        }

        return status;
    }

    /// <summary>Lays out what to read: the frames, the head, the frames backwards.</summary>
    private int LayOut(StackPlan plan)
    {
        ReadOnlySpan<RemoteRange> ranges = plan.Ranges;
        int head = plan.HeadCount;
        int most = (2 * ranges.Length) + ((plan.ByteCount - plan.HeadSize) / PieceSize) + 1;
        if (_ranges.Length < most)
        {
            _ranges = new RemoteRange[most * 2];
        }

        ranges[head..].CopyTo(_ranges);
        int count = ranges.Length - head;
        ranges[..head].CopyTo(_ranges.AsSpan(count));
        count += head;
        for (int i = ranges.Length - 1; i >= head; i--)
        {
            for (ulong end = ranges[i].Length; end > 0;)
            {
                ulong length = end % PieceSize == 0 ? PieceSize : end % PieceSize;
                end -= length;
                _ranges[count++] = new RemoteRange(ranges[i].Address + (long)end, length);
            }
        }

        return count;
    }

    /// <summary>Brings what was read into the order of the plan, as two samples.</summary>
    private void Assemble(StackPlan plan)
    {
        int head = plan.HeadSize;
        int frameBytes = plan.ByteCount - head;
        ReadOnlySpan<byte> read = _read;
        read[..frameBytes].CopyTo(_first.AsSpan(head));
        read.Slice(frameBytes, head).CopyTo(_first);

        ReadOnlySpan<RemoteRange> ranges = plan.Ranges;
        int position = frameBytes + head;
        int target = plan.ByteCount;
        for (int i = ranges.Length - 1; i >= plan.HeadCount; i--)
        {
            int rangeStart = target - (int)ranges[i].Length;
            for (int end = (int)ranges[i].Length; end > 0;)
            {
                int length = end % PieceSize == 0 ? PieceSize : end % PieceSize;
                end -= length;
                read.Slice(position, length).CopyTo(_again.AsSpan(rangeStart + end));
                position += length;
            }

            target = rangeStart;
        }
    }

    private void Reserve(int wanted)
    {
        if (_read.Length < wanted)
        {
            _read = new byte[wanted * 2];
            _first = new byte[wanted * 2];
            _again = new byte[wanted * 2];
        }
    }
}
