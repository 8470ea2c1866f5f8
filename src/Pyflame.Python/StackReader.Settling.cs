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
    public bool TellsExactly => _marks.TellRunning || _marks.AreCleared;

    /// <summary>
    /// Whether the copy is of a moment at which a call began or ended: no frame runs, and nothing but the innermost two has changed since the
    /// copy before.
    /// </summary>
    public bool IsBetweenCalls => !IsExact && Returned.IsNull && Depth - _last.Reused <= 2;

    /// <summary>Whether the copy shows the same as the one before to the letter.</summary>
    public bool IsAsBefore => _last.Reused == Depth;

    /// <summary>
    /// Whether a copy is as good as one moment: all frames lie one behind the other in the data stack, from where they were copied in one go, or are generators'
    /// that were read right before it and were linked with them.
    /// </summary>
    public bool IsOfOneMoment => _last.HasOneChunk && (_isWalked || !_last.HasSeparate);

    /// <summary>
    /// Makes of the frames that the thread state leads to those that the copy of the frames shows, which is of another moment: the marks
    /// tell which frame ran then.
    /// </summary>
    private void Settle(ReadOnlySpan<byte> sample, StackPlan plan)
    {
        IsExact = false;
        if (!IsDecoded || !_marks.TellRunning)
        {
            return;
        }

        ReadOnlySpan<RawFrame> frames = Frames;
        for (int i = _settledFrom; i < frames.Length; i++)
        {
            if (!frames[i].Code.IsNull && _marks.IsRunning(sample, _last.StartOf(i)) && (i + 1 == Depth || IsCalledByPython(sample, i + 1)))
            {
                // What seems to be called by a frame that runs has returned.
                _last.Cut(i + 1);
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
        int start = _last.StartOf(Depth - 1);
        int end = plan.EndOfChunkAt(start);
        RemoteAddress caller = Frames[^1].Address;
        _found.Clear();
        while (!IsExact)
        {
            int next = start + _fields.End;
            while (next + _fields.End <= end && _fields.PreviousAt(sample, next) != caller)
            {
                next += 8;
            }

            if (next + _fields.End > end)
            {
                return;
            }

            caller += next - start;
            RawFrame frame = _fields.FrameAt(sample, next, caller);
            if (frame.Code.IsNull || (frame.Code.Value & 7) != 0)
            {
                return;
            }

            _found.Add(frame, next);
            start = next;
            IsExact = _marks.IsRunning(sample, start);
        }

        _found.Reverse();
        _last.Replace(sample, Depth, _found);
    }

    /// <summary>Whether a frame of the stack last decoded was surely called by Python code, and not by C code that Python code called.</summary>
    private bool IsCalledByPython(ReadOnlySpan<byte> sample, int index) =>
        !Frames[index].Code.IsNull && _marks.IsInlined(sample, _last.StartOf(index));

    /// <summary>
    /// Whether a second copy of what the last stack was decoded from proves it: every frame is at the same place with the same code and
    /// caller, and all but the innermost at the same instruction.
    /// </summary>
    /// <param name="again">The second copy; its thread state is not looked at.</param>
    public bool Confirm(ReadOnlySpan<byte> again)
    {
        if (!_last.IsLaidOut)
        {
            return false;
        }

        ReadOnlySpan<RawFrame> frames = Frames;
        for (int i = 0; i < frames.Length; i++)
        {
            int start = _last.StartOf(i);
            RawFrame raw = _fields.FrameAt(again, start, frames[i].Address);
            if (_fields.PreviousAt(again, start) != _last.PreviousOf(i)
                || raw.Code != frames[i].Code || (i + 1 < frames.Length && raw.Instruction != frames[i].Instruction))
            {
                return false;
            }
        }

        return IsExact || IsCallChain(again);
    }

    /// <summary>Whether no caller in a copy of the stack last decoded runs itself, as one does where two stacks are mixed.</summary>
    private bool IsCallChain(ReadOnlySpan<byte> sample)
    {
        for (int i = 1; i < Depth && _marks.TellRunning; i++)
        {
            if (!Frames[i - 1].Code.IsNull && _marks.IsRunning(sample, _last.StartOf(i - 1)) && IsCalledByPython(sample, i))
            {
                return false;
            }
        }

        return true;
    }
}
