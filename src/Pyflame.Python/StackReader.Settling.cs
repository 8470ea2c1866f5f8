using Pyflame.Processes;

namespace Pyflame.Python;

/// <content>What the marks of the frames say of the stack, and whether a second copy proves it.</content>
public sealed partial class StackReader
{
    /// <summary>
    /// Whether the frames' own marks (<see cref="FrameMarks"/>) say that <see cref="Frames"/> was the stack at the moment of the copy: its
    /// innermost frame ran, or was about to begin.
    /// </summary>
    public bool IsExact { get; private set; }

    /// <summary>Whether a copy that is not <see cref="IsExact"/> is none of a true stack, but for rare moments.</summary>
    public bool TellsExactly => _marks.TellCalls;

    /// <summary>
    /// Whether the copy is of a moment at which a call began or ended: no frame runs, and nothing but the innermost two has changed since the
    /// copy before.
    /// </summary>
    public bool IsBetweenCalls => !IsExact && Returned.IsNull && Depth - _reused <= 2;

    /// <summary>Whether the copy shows the same as the one before to the letter.</summary>
    public bool IsAsBefore => _reused == Depth;

    /// <summary>
    /// Whether all frames lie one behind the other in the data stack, from where they were copied in one go: such a copy is as good as one moment.
    /// </summary>
    public bool LiesInOneChunk
    {
        get
        {
            if (_lastPlan is not { Chunks.Length: 1 } plan)
            {
                return false;
            }

            for (int i = 0; i < Depth; i++)
            {
                if (_starts[i] < plan.ChunksStart && !_frames[i].Code.IsNull)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>
    /// Makes of the frames that the thread state leads to those that the copy of the frames shows, which is of another moment: the marks
    /// tell which frame ran then.
    /// </summary>
    private void Settle(ReadOnlySpan<byte> sample, StackPlan plan)
    {
        IsExact = false;
        if (!_isDecoded || !_marks.AreKnown)
        {
            return;
        }

        for (int i = _settledFrom; i < Depth; i++)
        {
            if (!_frames[i].Code.IsNull && _marks.IsRunning(sample, _starts[i]) && (i + 1 == Depth || IsCalledByPython(sample, i + 1)))
            {
                // What seems to be called by a frame that runs has returned.
                Depth = i + 1;
                UnchangedFrames = Math.Min(UnchangedFrames, Depth);
                IsExact = true;
                return;
            }
        }

        if (Depth > 0)
        {
            Extend(sample, plan);
        }
    }

    /// <summary>Adds the frames that the innermost one has called: they lie behind it, and the last of them runs.</summary>
    private void Extend(ReadOnlySpan<byte> sample, StackPlan plan)
    {
        int depth = Depth;
        int start = _starts[depth - 1];
        int end = plan.EndOfChunkAt(start);
        RemoteAddress caller = _frames[depth - 1].Address;
        while (!IsExact)
        {
            int next = start + _frameEnd;
            while (next + _frameEnd <= end && ReadAddress(sample, next + _previous) != caller)
            {
                next += 8;
            }

            if (next + _frameEnd > end)
            {
                return;
            }

            RemoteAddress address = caller + (next - start);
            RawFrame frame = ReadFrame(sample, next, address);
            if (frame.Code.IsNull || (frame.Code.Value & 7) != 0)
            {
                return;
            }

            if (depth == _frames.Length)
            {
                Array.Resize(ref _frames, depth * 2);
                Array.Resize(ref _starts, depth * 2);
            }

            _frames[depth] = frame;
            _starts[depth++] = start = next;
            caller = address;
            IsExact = _marks.IsRunning(sample, start);
        }

        int known = Depth;
        Depth = depth;
        KeepBytes(sample, known);
    }

    /// <summary>Whether a frame of the stack last decoded was surely called by Python code, and not by C code that Python code called.</summary>
    private bool IsCalledByPython(ReadOnlySpan<byte> sample, int index) =>
        !_frames[index].Code.IsNull && _marks.IsInlined(sample, _starts[index]);

    /// <summary>
    /// Whether a second copy of what the last stack was decoded from proves it: every frame is at the same place with the same code and
    /// caller, and all but the innermost at the same instruction.
    /// </summary>
    /// <param name="again">The second copy; its thread state is not looked at.</param>
    public bool Confirm(ReadOnlySpan<byte> again)
    {
        if (_lastPlan is null || _lastVersion != _lastPlan.Version)
        {
            return false;
        }

        int size = _frameEnd - _frameFirst;
        for (int i = 0; i < Depth; i++)
        {
            int start = _starts[i];
            RawFrame raw = ReadFrame(again, start, _frames[i].Address);
            if (ReadAddress(again, start + _previous) != ReadAddress(_last, (i * size) + _previous - _frameFirst)
                || raw.Code != _frames[i].Code || (i + 1 < Depth && raw.Instruction != _frames[i].Instruction))
            {
                return false;
            }
        }

        return IsExact || IsCallChain(again);
    }

    /// <summary>Whether no caller in a copy of the stack last decoded runs itself, as one does where two stacks are mixed.</summary>
    private bool IsCallChain(ReadOnlySpan<byte> sample)
    {
        for (int i = 1; i < Depth && _marks.AreKnown; i++)
        {
            if (!_frames[i - 1].Code.IsNull && _marks.IsRunning(sample, _starts[i - 1]) && IsCalledByPython(sample, i))
            {
                return false;
            }
        }

        return true;
    }
}
