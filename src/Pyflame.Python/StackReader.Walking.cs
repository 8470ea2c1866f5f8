using Pyflame.Processes;

namespace Pyflame.Python;

/// <content>
/// Finding the stack in the copy of the data stack itself: the thread state is read a little earlier, and what it leads to may have returned by then,
/// or called others.
/// </content>
public sealed partial class StackReader
{
    /// <inheritdoc cref="DataStackWalk.Returned"/>
    public RemoteAddress Returned { get; private set; }

    /// <summary>Whether the copy of the data stack does not tell which of its frames is the innermost, though it should.</summary>
    public bool IsAmbiguous { get; private set; }

    /// <summary>
    /// Whether the stack was found without the frame that the thread state leads to, through a <c>_PyCFrame</c> that was not read: then it lacks a
    /// generator that the innermost frame runs, if that was never read either. <see cref="Learn"/> has it read the next time.
    /// </summary>
    public bool LacksCurrent { get; private set; }

    /// <summary>
    /// Whether the innermost frame may run a generator that was never read: the thread state, which was read a little earlier, led elsewhere or was not
    /// followed, and a frame that runs does not tell (3.14+).
    /// </summary>
    public bool MayLackGenerator { get; private set; }

    /// <summary>Where <see cref="MayLackGenerator"/>: the code of the generators that were read and did not run; valid until the next call.</summary>
    public ReadOnlySpan<RemoteAddress> Suspended => MayLackGenerator && _walk is not null ? _walk.Suspended : [];

    /// <summary>Whether a frame is a generator's, which does not lie in the data stack (3.11+).</summary>
    /// <param name="index">Which of <see cref="Frames"/>.</param>
    public bool IsGenerator(int index) => _last.IsSeparate(index);

    /// <summary>Finds the stack of a thread that may run.</summary>
    private StackStatus DecodeMoving(ReadOnlySpan<byte> sample, StackPlan plan)
    {
        Returned = RemoteAddress.Null;
        IsAmbiguous = LacksCurrent = MayLackGenerator = false;
        _last.LayOut(plan);
        int unchanged = _last.CountUnchanged(sample);
        if (_walk is null || plan.Chunks.IsEmpty || _plan.Chunks.IsEmpty
            || DataStack.DataOf(ThreadState(sample).DataStackChunk) != _plan.Chunks[^1].Address)
        {
            return FollowAndSettle(sample, plan, unchanged);
        }

        // Of the frames that have not changed, the innermost one of the newest chunk.
        int from = unchanged - 1;
        while (from >= 0 && _last.StartOf(from) < plan.StartOfNewestChunk)
        {
            from--;
        }

        return from < 0 && _plan.Chunks.Length > 1
            ? FollowAndSettle(sample, plan, unchanged)
            : Walk(_walk, sample, plan, from, unchanged);
    }

    private StackStatus Walk(DataStackWalk walk, ReadOnlySpan<byte> sample, StackPlan plan, int from, int unchanged)
    {
        LacksCurrent = !TryFindCurrent(sample, plan, out RemoteAddress current);
        if (LacksCurrent && plan == _narrow)
        {
            return MissCFrame(current);
        }

        // Where that is not in the data stack, it is the frame of a generator, which may never have been read.
        int separate = LacksCurrent || _plan.Chunks[^1].Contains(current) ? int.MaxValue : plan.Find(current);
        if (separate == int.MinValue && !walk.IsNearEntryFrames(current))
        {
            return Miss(current, isCurrent: true);
        }

        bool isCertain = walk.TryWalk(sample, plan, from >= 0 ? _last.StartOf(from) : -1);
        if (_keeper.IsInNewestChunk(walk.Missing))
        {
            return Miss(walk.Missing);
        }

        walk.CollectGenerators(sample, plan);
        bool hasGenerator = _found.Count > 0;
        bool isKnown = walk.IsGenerator(sample, plan, separate, out bool isActive);
        if (!hasGenerator && (!isCertain || isActive))
        {
            IsAmbiguous = true;
            return FollowAndSettle(sample, plan, unchanged);
        }

        StackStatus status = walk.CollectFrames(sample, plan, from >= 0 ? 1 : 0, out bool isMixed);
        if (status != StackStatus.Complete)
        {
            StackStatus missed = Miss(walk.Missing);
            return status == StackStatus.Missed ? missed : StackStatus.Torn;
        }

        _tick++;
        _isWalked = true;
        Keep(sample, plan, from + 1);
        TouchSeparate(from + 1, plan);
        _missingCFrame = LacksCurrent ? current : RemoteAddress.Null;
        IsAmbiguous = isMixed;
        Returned = hasGenerator ? RemoteAddress.Null : walk.Returned;
        MayLackGenerator = LacksCurrent || (_marks.AreCleared && !hasGenerator && !isKnown && current != Frames[^1].Address);
        if (MayLackGenerator)
        {
            walk.CollectSuspended(sample, plan);
        }

        // What the generator called was read later than the generator: where it does not tell that it runs, the thread state must say so.
        IsExact = Returned.IsNull
            && (!hasGenerator || (_marks.AreCleared ? current == Frames[^1].Address : _marks.IsRunning(sample, _last.StartOf(Depth - 1))));
        return StackStatus.Complete;
    }

    private void TouchSeparate(int from, StackPlan plan)
    {
        for (int i = from; i < Depth; i++)
        {
            if (_last.StartOf(i) < plan.ChunksStart)
            {
                _keeper.Touch(Frames[i].Address, _tick);
            }
        }
    }
}
