using Pyflame.Processes;
using Pyflame.Python;

namespace Pyflame.Recording;

/// <summary>The calls that a process is known to make: which instruction calls which code. A torn copy shows one that it does not make.</summary>
/// <remarks>
/// A call is known once it was proven, or read from a stopped thread. One that is shorter than a pause takes is hardly ever met by either, and its
/// samples would all stand for what comes next. So it is also known once single copies, each of which shows by the frames' own marks that it is of one moment,
/// have shown it ten times in ten thousand, unless its instruction is known to call something else. A copy of which the inner frames are of another moment than
/// the outer ones, since the reader was held up between the two, shows a call that is not made, and a program that repeats itself may have it shown as often as
/// that; but the instruction of that frame does call, and what it calls is seen far more often.
/// </remarks>
/// <param name="codes">The code objects of the process.</param>
internal sealed class KnownCalls(CodeObjectCache codes)
{
    private const int FewestSightings = 10;
    private const int SamplesUntilForgotten = 10_000;

    private readonly HashSet<Call> _calls = [];
    private readonly HashSet<ulong> _callers = [];
    private readonly HashSet<ulong> _generatorCallers = [];
    private readonly Dictionary<Call, int> _sightings = [];
    private int _samples;

    /// <summary>Counts a sample of a thread that may move, which sightings are held against.</summary>
    public void CountSample()
    {
        if (++_samples == SamplesUntilForgotten)
        {
            _samples = 0;
            _sightings.Clear();
        }
    }

    /// <summary>Takes note of the calls that a true stack consists of.</summary>
    public void Note(StackReader reader)
    {
        ulong caller = 0;
        ReadOnlySpan<RawFrame> frames = reader.Frames;
        for (int i = 0; i < frames.Length; i++)
        {
            if (!frames[i].Code.IsNull)
            {
                Add(new Call(caller, frames[i].Code), reader.IsGenerator(i));
                caller = frames[i].Instruction;
            }
        }
    }

    /// <summary>
    /// Takes note that a single copy of one moment shows a stack, and of those of its calls that were seen often enough by now.
    /// </summary>
    /// <returns>Whether all of its calls are known now.</returns>
    public bool TryLearn(StackReader reader)
    {
        bool areKnown = true;
        ulong caller = 0;
        ReadOnlySpan<RawFrame> frames = reader.Frames;
        for (int i = 0; i < frames.Length && areKnown; i++)
        {
            RawFrame frame = frames[i];
            if (!frame.Code.IsNull)
            {
                var call = new Call(caller, frame.Code);
                areKnown = _calls.Contains(call) || (!_callers.Contains(caller) && HasBegun(frame) && IsSeenOften(call));
                if (areKnown)
                {
                    Add(call, reader.IsGenerator(i));
                }

                caller = frame.Instruction;
            }
        }

        return areKnown;
    }

    /// <summary>
    /// Whether the innermost frame of a stack is at an instruction that is known to run generators, and none of those is known to be suspended just then.
    /// </summary>
    public bool MayRunGenerator(StackReader reader)
    {
        ulong caller = reader.Depth > 0 ? reader.Frames[^1].Instruction : 0;
        if (!_generatorCallers.Contains(caller))
        {
            return false;
        }

        foreach (RemoteAddress code in reader.Suspended)
        {
            if (_calls.Contains(new Call(caller, code)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether every call of a stack is known, and every frame is in its own code: one that is being set up may still be at the instruction of the
    /// frame that was there before.
    /// </summary>
    /// <param name="reader">Holds the stack.</param>
    /// <param name="known">How many of the outermost frames this is known of already.</param>
    public bool AreKnown(StackReader reader, int known = 0)
    {
        ReadOnlySpan<RawFrame> frames = reader.Frames;
        while (known > 0 && frames[known - 1].Code.IsNull)
        {
            known--;
        }

        ulong caller = known == 0 ? 0 : frames[known - 1].Instruction;
        foreach (RawFrame frame in frames[known..])
        {
            if (!frame.Code.IsNull)
            {
                if (!_calls.Contains(new Call(caller, frame.Code))
                    || codes.Peek(frame.Code) is not { } code || code.GetInstructionOffset(frame.Instruction) == CodeObject.OutsideCode)
                {
                    return false;
                }

                caller = frame.Instruction;
            }
        }

        return reader.Returned.IsNull || _calls.Contains(new Call(caller, reader.Returned));
    }

    /// <summary>Forgets all: an address may be another code object's.</summary>
    public void Clear()
    {
        _calls.Clear();
        _callers.Clear();
        _generatorCallers.Clear();
        _sightings.Clear();
    }

    private void Add(Call call, bool isOfGenerator)
    {
        _calls.Add(call);
        _callers.Add(call.Instruction);
        if (isOfGenerator)
        {
            _generatorCallers.Add(call.Instruction);
        }
    }

    private bool HasBegun(RawFrame frame) => codes.Get(frame.Code) is { } code
        && code.GetInstructionOffset(frame.Instruction) != CodeObject.OutsideCode && !code.IsStart(frame.Instruction);

    private bool IsSeenOften(Call call)
    {
        int seen = _sightings[call] = _sightings.GetValueOrDefault(call) + 1;
        return seen >= FewestSightings;
    }

    private readonly record struct Call(ulong Instruction, RemoteAddress Callee);
}
