using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;

namespace Pyflame.Recording;

/// <summary>How one sample of one thread ended.</summary>
internal enum SampleOutcome
{
    /// <summary>Proven without stopping the thread.</summary>
    Proven,

    /// <summary>The thread was stopped for it.</summary>
    Paused,

    /// <summary>Could not be proven, and the thread could or may not be stopped.</summary>
    Lost,

    /// <summary>Could not be read.</summary>
    Failed,

    /// <summary>The thread is gone.</summary>
    Gone,
}

/// <summary>
/// Decides whether what was read of a thread is true. A stack that is trusted (<see cref="StackTrust"/>) is believed when a single
/// copy shows it again: a torn copy mixes two stacks, and is refused because that mixture is not trusted. Any other stack must be made of known calls, be proven by
/// <see cref="StackProof"/> or read while the thread is stopped.
/// </summary>
internal sealed class StackSampler
{
    private const int TriesBeforePause = 1;
    private const int TriesWithoutPause = 5;
    private const int StillReads = 3;
    private const long RevalidationInterval = 10_000_000;

    private readonly TargetProcess _target;
    private readonly MemoryReader _memory;
    private readonly StackRecorder _recorder;
    private readonly GreenletFrames? _greenlets;
    private readonly StackProof _proof = new();
    private readonly StackTrust _trust = new();
    private readonly PauseBudget _budget;
    private readonly bool _framesOnHeap;

    /// <summary>Samples the threads of one process.</summary>
    /// <param name="target">The process.</param>
    /// <param name="recorder">Where stacks are interned.</param>
    /// <param name="mode">How stacks are made sure of.</param>
    /// <param name="framesOnHeap">
    /// Whether each frame lies by itself, as up to 3.10. Reading them takes a range of its own for each, longer than a short loop,
    /// so that two equal copies prove little: a new stack of a thread that runs is read while it is stopped.
    /// </param>
    /// <param name="budget">How long the target's threads may be stopped.</param>
    /// <param name="greenlets">What is below the stacks of greenlets, to be read while a thread is stopped; null where that is not wanted.</param>
    public StackSampler(
        TargetProcess target, StackRecorder recorder, SamplingMode mode, bool framesOnHeap, PauseBudget budget, GreenletFrames? greenlets)
    {
        _greenlets = greenlets;
        _framesOnHeap = framesOnHeap;
        _target = target;
        _memory = target.Memory;
        _recorder = recorder;
        _budget = budget;
        Mode = mode;
    }

    /// <summary>How stacks are made sure of.</summary>
    public SamplingMode Mode { get; }

    /// <summary>Whether stopping a thread was refused (another tracer, seccomp); it is not tried again then.</summary>
    public bool PauseRefused { get; private set; }

    /// <summary>Whether the budget of stopped time was ever used up.</summary>
    public bool BudgetSpent { get; private set; }

    /// <summary>Judges what was read for a thread, and reads again where need be.</summary>
    /// <param name="thread">The thread; its reader holds the stack where the outcome is a stack.</param>
    /// <param name="sample">The bytes of <see cref="StackReader.Ranges"/>; empty where they were not read.</param>
    /// <param name="mayMove">Whether the thread may change its Python stack: false where it does not hold the GIL.</param>
    /// <param name="now">In nanoseconds of <see cref="DeadlineTimer.Now"/>.</param>
    /// <param name="stack">The stack.</param>
    public SampleOutcome Sample(ThreadStack thread, ReadOnlySpan<byte> sample, bool mayMove, long now, out StackId stack)
    {
        if (Mode == SamplingMode.Blocking)
        {
            return Pause(thread, out stack);
        }

        if (mayMove)
        {
            _recorder.Calls.CountSample();
        }

        bool canPause = Mode == SamplingMode.Auto && !PauseRefused && thread.OsThreadId != 0 && _budget.HasLeft(now);
        StackStatus status = sample.IsEmpty ? StackStatus.Torn : thread.Reader.Decode(sample);
        stack = default;
        bool proven = status is StackStatus.Complete or StackStatus.Truncated && IsProven(thread, mayMove, out stack);
        if (proven && thread.HasChanged && now >= thread.RevalidateAt)
        {
            thread.RevalidateAt = now + RevalidationInterval;
            thread.HasChanged = false;
            proven = !_recorder.Revalidate(thread.Reader.Frames);
        }

        if (!proven && _framesOnHeap && mayMove && Mode == SamplingMode.Auto)
        {
            int known = _recorder.StackCount;
            SampleOutcome paused = Pause(thread, out stack);
            if (paused != SampleOutcome.Lost)
            {
                // A stack that is new is no refusal; a mixture is, behind which there was one that is known.
                thread.Refusals.Add(paused == SampleOutcome.Paused && _recorder.StackCount == known);
                return paused;
            }
        }

        bool isNew = !proven && mayMove && status == StackStatus.Complete && ShowsNewCall(thread.Reader);
        if (isNew && _recorder.Calls.TryLearn(thread.Reader))
        {
            proven = _recorder.TryAdd(thread, out stack);
        }

        isNew &= canPause;
        SampleOutcome outcome = SampleOutcome.Proven;
        if (!proven)
        {
            // Of a sample that was not decoded there is nothing to learn.
            if (status == StackStatus.Missed || (status == StackStatus.Complete && thread.Reader.LacksCurrent))
            {
                thread.Reader.Learn(_memory, sample);
            }

            outcome = ReadAgain(thread, canPause ? TriesBeforePause : TriesWithoutPause, isNew, out stack);
            if (outcome == SampleOutcome.Gone)
            {
                return outcome;
            }
        }

        proven = outcome == SampleOutcome.Proven;
        bool leaning = Mode == SamplingMode.Auto && mayMove && thread.Refusals.AreCommon;
        thread.Refusals.Add(!proven && !isNew);
        if (proven && !(leaning && canPause))
        {
            BudgetSpent |= leaning && !PauseRefused;
            return outcome;
        }

        return Mode == SamplingMode.Auto ? Pause(thread, out stack) : outcome;
    }

    /// <summary>Samples a thread anew while it is stopped, where what its stack stands on could not be told of the last sample.</summary>
    /// <returns>False where it could or may not be stopped.</returns>
    public bool TrySampleStopped(ThreadStack thread, out StackId stack)
    {
        stack = default;
        thread.Refusals.Add(true);
        return Mode == SamplingMode.Auto && Pause(thread, out stack) == SampleOutcome.Paused;
    }

    /// <summary>
    /// Whether a true stack that was refused has a call that is not known yet, which may be too short to be seen twice: where the thread has gone on, what it
    /// does next must not stand for it.
    /// </summary>
    private bool ShowsNewCall(StackReader reader) =>
        reader.IsExact && !reader.IsAmbiguous && reader.IsOfOneMoment && !reader.LacksCurrent
        && !(reader.MayLackGenerator && _recorder.Calls.MayRunGenerator(reader));

    /// <summary>Reads a running thread again until its stack is proven or the tries are used up.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="tries">How often at the most.</param>
    /// <param name="asBefore">Whether only the stack that was decoded before is wanted.</param>
    /// <param name="stack">The stack, where it is proven.</param>
    private SampleOutcome ReadAgain(ThreadStack thread, int tries, bool asBefore, out StackId stack)
    {
        stack = default;
        SampleOutcome outcome = SampleOutcome.Lost;
        int still = 0;
        for (; tries > 0 && outcome != SampleOutcome.Proven; tries--)
        {
            outcome = SampleOutcome.Lost;
            StackStatus status = _proof.TryRead(_memory, thread.Reader, 1);
            if (status == StackStatus.ThreadGone)
            {
                return SampleOutcome.Gone;
            }

            if (status == StackStatus.Torn)
            {
                if (!asBefore && thread.Reader.IsDecoded && _recorder.TryFind(thread, out stack) && IsBelieved(thread, stack))
                {
                    outcome = SampleOutcome.Proven;
                }

                continue;
            }

            // What stands still is no moment at which a call begins or ends, but one that a destructor makes last.
            still = thread.Reader.IsAsBefore ? still + 1 : 0;
            bool isVague = _proof.IsVague && still < StillReads && !_recorder.AreCallsKnown(thread);
            if (isVague || (asBefore && !thread.Reader.IsAsBefore))
            {
                continue;
            }

            // What has no code that can be read was no stack, however often it was seen.
            outcome = _recorder.TryAdd(thread, out stack) ? SampleOutcome.Proven : SampleOutcome.Failed;
            if (outcome == SampleOutcome.Proven && _trust.NoteProof(stack) && thread.Reader.IsExact)
            {
                _recorder.Calls.Note(thread.Reader);
            }
        }

        return outcome;
    }

    /// <summary>
    /// Whether the single copy that was last decoded is believed: a trusted stack, or one of a single moment that is made of known calls.
    /// </summary>
    private bool IsProven(ThreadStack thread, bool mayMove, out StackId stack)
    {
        StackReader reader = thread.Reader;
        if ((mayMove && reader.IsAmbiguous) || (reader.LacksCurrent && !_recorder.AreCallsKnown(thread))
            || (reader.MayLackGenerator && _recorder.Calls.MayRunGenerator(reader)))
        {
            stack = default;
            return false;
        }

        bool known = _recorder.TryFind(thread, out stack);
        if (known && IsBelieved(thread, stack))
        {
            return true;
        }

        if ((reader.IsExact || reader.TellsExactly) && reader.IsOfOneMoment && _recorder.AreCallsKnown(thread))
        {
            if (_recorder.TryAdd(thread, out stack))
            {
                _trust.NoteProof(stack);
                return true;
            }
        }
        else if (known)
        {
            _trust.NoteSighting(stack);
        }

        return false;
    }

    /// <summary>
    /// Whether a single copy of a stack is believed that the profile has. Where no frame runs in it, that is only so where each frame is in a known
    /// call, which one that has returned is not, or while all but the innermost two stand still: then the call that begins or ends is one of theirs.
    /// </summary>
    private bool IsBelieved(ThreadStack thread, StackId stack)
    {
        StackReader reader = thread.Reader;
        return _trust.IsTrusted(stack)
            && (reader.IsExact || reader.IsBetweenCalls || !reader.TellsExactly || _recorder.AreCallsKnown(thread));
    }

    private SampleOutcome Pause(ThreadStack thread, out StackId stack)
    {
        stack = default;
        long start = DeadlineTimer.Now;
        if (PauseRefused || thread.OsThreadId == 0)
        {
            return SampleOutcome.Lost;
        }

        if (!_budget.HasLeft(start))
        {
            BudgetSpent = true;
            return SampleOutcome.Lost;
        }

        if (!_target.TryPauseThread(thread.OsThreadId, out ProcessPause pause))
        {
            PauseRefused |= pause.Status is PauseStatus.NotPermitted or PauseStatus.TracedByAnother;
            return pause.Status == PauseStatus.ThreadGone ? SampleOutcome.Gone : SampleOutcome.Lost;
        }

        SampleOutcome outcome;
        using (pause)
        {
            StackStatus status = _proof.ReadStopped(_memory, thread.Reader);
            outcome = status switch
            {
                StackStatus.ThreadGone => SampleOutcome.Gone,
                StackStatus.Torn => SampleOutcome.Failed,
                _ => _recorder.TryAdd(thread, out stack) ? SampleOutcome.Paused : SampleOutcome.Failed,
            };
            if (outcome == SampleOutcome.Paused && _trust.NoteTruth(stack))
            {
                _recorder.Calls.Note(thread.Reader);
            }

            _greenlets?.ReadStopped(thread);
        }

        _budget.Spend(DeadlineTimer.Now - start);
        return outcome;
    }
}
