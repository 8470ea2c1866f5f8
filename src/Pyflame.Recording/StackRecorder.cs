using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Python.Values;

namespace Pyflame.Recording;

/// <summary>Turns frames as read into interned stacks of a profile, reusing what the sample before had in common.</summary>
internal sealed class StackRecorder
{
    private readonly Profile _profile;
    private readonly CodeObjectCache _codes;
    private readonly MethodNames? _methods;
    private readonly Dictionary<RemoteAddress, CodeFrames> _known = [];
    private RemoteAddress[] _asked = new RemoteAddress[64];
    private RemoteAddress[] _stale = new RemoteAddress[64];

    // Where a first argument is gone when it is looked for, another sample may find it; most that have none never do.
    private const int TriesToQualify = 8;

    /// <summary>Interns the stacks of one process.</summary>
    /// <param name="profile">Where.</param>
    /// <param name="codes">Its code objects.</param>
    /// <param name="methods">Finds qualified names that code objects do not have; null where that is not wanted.</param>
    public StackRecorder(Profile profile, CodeObjectCache codes, MethodNames? methods = null)
    {
        _profile = profile;
        _codes = codes;
        _methods = methods;
        Calls = new KnownCalls(codes);
    }

    /// <summary>Changes when a code object was found replaced: every prefix of every thread is void then.</summary>
    public int Generation { get; private set; }

    /// <summary>The calls that the process makes.</summary>
    public KnownCalls Calls { get; }

    /// <summary>How many stacks the profile has.</summary>
    public int StackCount => _profile.Stacks.Count;

    /// <summary>Finds the stack that a thread's reader holds among those of the profile, and adds nothing.</summary>
    /// <returns>False where the profile has no such stack, which only proven stacks are in.</returns>
    public bool TryFind(ThreadStack thread, out StackId stack) => TryResolve(thread, false, out stack);

    /// <summary>Adds the stack that a thread's reader holds, which must be proven.</summary>
    /// <returns>False where a code object cannot be read.</returns>
    public bool TryAdd(ThreadStack thread, out StackId stack) => TryResolve(thread, true, out stack);

    /// <summary>Adds a single frame, which must be a true one.</summary>
    /// <param name="raw">The frame.</param>
    /// <param name="frame">The frame in the profile.</param>
    /// <returns>False where it is the interpreter's own, or its code object cannot be read.</returns>
    public bool TryAdd(in RawFrame raw, out FrameId frame)
    {
        frame = default;
        if (raw.Code.IsNull || !TryGetCode(raw, true, out CodeFrames? code) || code.Code.IsInterpreterShim)
        {
            return false;
        }

        frame = code.FrameAt(raw.Instruction);
        return true;
    }

    /// <summary>
    /// Looks whether the code objects of some frames are still those that were decoded: an address is used again when a code
    /// object has died. One system call.
    /// </summary>
    /// <returns>Whether any was replaced; the stack must be read again then.</returns>
    public bool Revalidate(ReadOnlySpan<RawFrame> frames)
    {
        if (_asked.Length < frames.Length)
        {
            _asked = new RemoteAddress[frames.Length * 2];
            _stale = new RemoteAddress[frames.Length * 2];
        }

        int count = 0;
        RemoteAddress last = RemoteAddress.Null;
        foreach (RawFrame frame in frames)
        {
            // A recursion names the same code many times in a row; other repetitions cost a few bytes.
            if (frame.Code != last && !frame.Code.IsNull)
            {
                _asked[count++] = last = frame.Code;
            }
        }

        int stale = _codes.Revalidate(_asked.AsSpan(0, count), _stale);
        for (int i = 0; i < stale; i++)
        {
            _known.Remove(_stale[i]);
        }

        if (stale > 0)
        {
            Generation++;
            Calls.Clear();
        }

        return stale > 0;
    }

    /// <summary>Whether <see cref="KnownCalls.AreKnown"/> is true of the stack that a thread's reader holds; frames that were looked at before are not again.</summary>
    public bool AreCallsKnown(ThreadStack thread)
    {
        ForgetStale(thread);
        if (!Calls.AreKnown(thread.Reader, Math.Min(thread.Reader.UnchangedFrames, thread.KnownCalls)))
        {
            return false;
        }

        thread.KnownCalls = thread.Reader.Depth;
        return true;
    }

    private void ForgetStale(ThreadStack thread)
    {
        if (thread.Generation != Generation)
        {
            thread.Generation = Generation;
            thread.Resolved = thread.KnownCalls = 0;
        }
    }

    private bool TryResolve(ThreadStack thread, bool add, out StackId stack)
    {
        ReadOnlySpan<RawFrame> frames = thread.Reader.Frames;
        StackId[] prefixes = thread.Prefixes;
        ForgetStale(thread);
        int i = Math.Min(thread.Reader.UnchangedFrames, thread.Resolved);
        thread.KnownCalls = Math.Min(thread.Reader.UnchangedFrames, thread.KnownCalls);
        thread.Reader.MarkSeen();
        stack = i == 0 ? default : prefixes[i - 1];
        thread.HasChanged |= i < frames.Length;
        StackTable stacks = _profile.Stacks;
        for (; i < frames.Length; i++)
        {
            RawFrame raw = frames[i];
            if (!raw.Code.IsNull)
            {
                if (!TryGetCode(raw, add, out CodeFrames? code))
                {
                    thread.Resolved = i;
                    return false;
                }

                if (!code.Code.IsInterpreterShim)
                {
                    FrameId frame = code.FrameAt(raw.Instruction);
                    if (add)
                    {
                        stack = stacks.Intern(stack, frame);
                    }
                    else if (!stacks.TryFind(stack, frame, out stack))
                    {
                        thread.Resolved = i;
                        return false;
                    }
                }
            }

            prefixes[i] = stack;
        }

        thread.Resolved = frames.Length;
        return true;
    }

    private bool TryGetCode(in RawFrame raw, bool read, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CodeFrames? frames)
    {
        if (_known.TryGetValue(raw.Code, out frames))
        {
            if (read && frames.TriesToQualify > 0)
            {
                Qualify(frames, raw);
            }

            return true;
        }

        CodeObject? code = read ? _codes.Get(raw.Code) : null;
        if (code is null)
        {
            return false;
        }

        frames = new CodeFrames(_profile, code) { TriesToQualify = _methods is null ? 0 : TriesToQualify };
        _known.Add(raw.Code, frames);
        if (_methods is not null)
        {
            Qualify(frames, raw);
        }

        return true;
    }

    private void Qualify(CodeFrames frames, in RawFrame raw)
    {
        if (!MethodNames.MayFind(frames.Code))
        {
            frames.TriesToQualify = 0;
        }
        else if (_methods!.TryFind(raw.Address, frames.Code) is { } name)
        {
            frames.Qualify(name);
        }
        else
        {
            frames.TriesToQualify--;
        }
    }
}
