using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Python.Tasks;
using Pyflame.Python.Values;

namespace Pyflame.Recording;

/// <summary>Samples one process: a round reads all that is wanted of it in one system call where the guess of the addresses holds.</summary>
internal sealed class TargetSampler : IDisposable
{
    // A thread that starts, ends or takes the GIL between two rounds makes a guess wrong; then it is read again at once.
    private const int Attempts = 4;
    private const long InterpretersInterval = 100_000_000;

    private readonly MemoryReader _memory;
    private readonly RecordingOptions _options;
    private readonly ISampleSink _sink;
    private readonly RecordingCounters _counters;
    private readonly StackSampler _stacks;
    private readonly ThreadTable _table;
    private readonly InterpreterTable _interpreters;
    private readonly MarkerStacks _markers;
    private readonly ThreadStates? _states;
    private readonly TaskFrames? _tasks;
    private readonly TagFrames? _tags;
    private readonly GreenletFrames? _greenlets;
    private readonly StackTable _stackTable;
    private readonly CodeObjectCache _codes;
    private readonly int _tlbcGeneration;
    private readonly ThreadSet _holders = new();
    private readonly ThreadSet _all = new();
    private readonly ThreadSet _sole = new();
    private readonly bool _allThreads;
    private readonly bool _tellsHolder;
    // Without a GIL a thread stops all others to collect garbage.
    private ThreadStack? _collector;
    private bool _kept;
    private long _refreshAt;
    private uint _lastTlbcGeneration;

    public TargetSampler(
        TargetProcess target,
        PythonRuntime runtime,
        RecordingOptions options,
        Profile profile,
        int processIndex,
        ISampleSink sink,
        RecordingCounters counters,
        PauseBudget budget)
    {
        Target = target;
        _memory = target.Memory;
        _options = options;
        _sink = sink;
        _counters = counters;
        _markers = new MarkerStacks(profile);
        var codes = _codes = new CodeObjectCache(_memory, runtime.Offsets);
        _table = new ThreadTable(target, runtime, profile, processIndex, options.ReadNames, codes);
        _tlbcGeneration = runtime.Offsets.InterpreterState.TlbcGeneration;
        MethodNames? methods = options.QualifyNames && MethodNames.AreNeeded(runtime.Version)
            ? new MethodNames(_memory, runtime.Offsets, new ValueRenderer(_memory, runtime.Offsets, codes.Strings), codes.Strings)
            : null;
        var recorder = new StackRecorder(profile, codes, methods);
        _tasks = options.Tasks && runtime.Version.IsAtLeast(3, 7) ? new TaskFrames(runtime, profile, codes) : null;
        _greenlets = options.Greenlets && GreenletThreads.CanRead(runtime.Version)
            ? new GreenletFrames(runtime, profile, recorder, codes.Strings)
            : null;
        _stacks = new StackSampler(target, recorder, options.Mode, !runtime.Offsets.HasInterpreterFrames, budget, _greenlets);
        _tags = options.Tags.Count > 0 ? new TagFrames(options.Tags, _memory, runtime.Offsets, profile, codes) : null;
        _stackTable = profile.Stacks;
        _allThreads = options.Threads != ThreadSelection.GilHolder || runtime.Offsets.FreeThreaded;
        bool readStates = options.ReadStates || (_allThreads && options.ExcludeIdle) || options.Threads == ThreadSelection.OnCpu;

        // Where states are wanted, what else is read tells more.
        _tellsHolder = !readStates && (runtime.Offsets.ThreadState.HoldsGil >= 0 || runtime.Offsets.ThreadState.StatusHoldsGilMask != 0);
        _states = readStates ? new ThreadStates(target, runtime) : null;
        _interpreters = new InterpreterTable(runtime, _allThreads, readStates);
    }

    /// <summary>The process.</summary>
    public TargetProcess Target { get; }

    /// <summary>Whether threads could not be stopped where they should have been.</summary>
    public bool PauseRefused => _stacks.PauseRefused;

    /// <summary>Whether the budget of stopped time was used up at any time.</summary>
    public bool BudgetSpent => _stacks.BudgetSpent;

    /// <inheritdoc/>
    public void Dispose() => _states?.Dispose();

    /// <summary>Samples every wanted thread once.</summary>
    /// <param name="timestamp">The time of the samples, in nanoseconds since the recording began.</param>
    /// <param name="now">The same moment of <see cref="DeadlineTimer.Now"/>.</param>
    /// <param name="weight">How many intervals each sample stands for.</param>
    /// <returns>False where the interpreter can no longer be read: the process has ended, or is another program now.</returns>
    public bool Round(long timestamp, long now, int weight)
    {
        if (now >= _refreshAt || _interpreters.LacksGil)
        {
            _refreshAt = now + InterpretersInterval;
            Target.ReleaseStragglers();
            _table.ReadMissing();
            if (_interpreters.Refresh() is not { } changed)
            {
                return false;
            }

            ForgetOldCopies();
            _greenlets?.Update(_interpreters, now);
            if (changed)
            {
                _holders.Invalidate();
                _all.Invalidate();
                _sole.Clear();
                _kept = false;
            }
        }

        if (!_allThreads)
        {
            return (_sole.Count > 0 && RoundOfSole(timestamp, now, weight)) || RoundOfHolders(timestamp, now, weight);
        }

        return (_kept && RoundOfKept(timestamp, now, weight)) || RoundOfAll(timestamp, now, weight);
    }

    /// <summary>A round of the thread that held the only GIL in the round before, which says itself whether it does so still.</summary>
    /// <returns>False where it does not, and nothing was sampled.</returns>
    private bool RoundOfSole(long timestamp, long now, int weight)
    {
        ThreadStack thread = _sole[0];
        if (!_sole.Read(_memory, [], out _)
            || Target.HasExited
            || _sole.BytesOf(0) is not { IsEmpty: false } sample
            || thread.Reader.ThreadState(sample).HoldsGil != true)
        {
            _sole.Clear();
            return false;
        }

        Sample(_sole, 0, timestamp, now, weight);
        return true;
    }

    /// <summary>Where each thread runs bytecode of its own, a number tells that threads have come or gone, and such copies with them.</summary>
    private void ForgetOldCopies()
    {
        uint generation = 0;
        for (int i = 0; i < _interpreters.Count && _tlbcGeneration >= 0; i++)
        {
            generation += _memory.TryRead(_interpreters[i].Address + _tlbcGeneration, out uint own) ? own : 0;
        }

        if (generation != _lastTlbcGeneration)
        {
            _lastTlbcGeneration = generation;
            _codes.ForgetCopies();
        }
    }

    /// <summary>Samples the threads that hold a GIL; where none does, the sample is idle.</summary>
    private bool RoundOfHolders(long timestamp, long now, int weight)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (!Read(_holders, out bool complete))
            {
                return false;
            }

            if (complete && _holders.HasEach(_interpreters.Holders))
            {
                break;
            }

            _holders.Take(_interpreters.Holders, _table);
        }

        if (!_interpreters.Holders.ContainsAnyExcept(RemoteAddress.Null))
        {
            _counters.Idle++;
            _counters.NoHolder++;
            if (!_options.ExcludeIdle)
            {
                _sink.Add(new Sample(timestamp, _table.IdleThread, _markers.Idle, SampleState.Idle, weight));
            }

            return true;
        }

        for (int i = 0; i < _holders.Count; i++)
        {
            if (_interpreters.Holders.Contains(_holders[i].Reader.ThreadStateAddress))
            {
                Sample(_holders, i, timestamp, now, weight);
            }
        }

        _sole.Clear();
        if (_tellsHolder && _interpreters.Count == 1)
        {
            _sole.Take(_interpreters.Holders, _table);
        }

        return true;
    }

    /// <summary>
    /// A round of all threads in which only those are read that had the GIL since the last round of all; the others are where they
    /// were.
    /// </summary>
    /// <returns>False where that is not so, and nothing was sampled.</returns>
    private bool RoundOfKept(long timestamp, long now, int weight)
    {
        if (!_holders.HasEach(_interpreters.LastHolders))
        {
            _holders.Take(_interpreters.LastHolders, _table);
        }

        if (!Read(_holders, out bool complete) || !complete || !_interpreters.IsAsKept)
        {
            return false;
        }

        for (int i = 0; i < _all.Count; i++)
        {
            ThreadStack thread = _all[i];
            int holder = _holders.IndexOf(thread);
            if (holder >= 0)
            {
                _kept &= Sample(_holders, holder, timestamp, now, weight);
            }
            else
            {
                _counters.Proven++;
                Add(thread, thread.LastStack, timestamp, now, StateOf(thread, false), weight);
            }
        }

        return true;
    }

    private bool RoundOfAll(long timestamp, long now, int weight)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (!Read(_all, out bool complete))
            {
                return false;
            }

            if (complete && _all.IsList(_interpreters.ListHeads))
            {
                break;
            }

            if (complete)
            {
                _all.TakeLists(_interpreters.ListHeads, _table);
            }
        }

        _collector = _interpreters.CollectsGarbage && !_interpreters.KnowsHolders ? _all.OnlyAttached() : null;
        // What was read before the threads is what later rounds are compared with.
        _interpreters.Keep();
        _kept = _interpreters.CountsSwitches && _options.Mode != SamplingMode.Blocking;
        for (int i = 0; i < _all.Count; i++)
        {
            _kept &= Sample(_all, i, timestamp, now, weight);
        }

        return true;
    }

    /// <summary>Reads a set of threads, and before them the GILs and heads of lists.</summary>
    /// <param name="threads">The threads; those that are gone leave the set.</param>
    /// <param name="complete">Whether all was read; else it must be read again.</param>
    /// <returns>False where the interpreter itself cannot be read, or the process has ended.</returns>
    private bool Read(ThreadSet threads, out bool complete)
    {
        complete = threads.Read(_memory, _interpreters.Ranges, out int unreadable);
        if (complete)
        {
            // Memory is read by the process's id, which may be another process's by now, one that was forked by the same parent and looks
            // alike even. While it has not ended, it was this one. To ask takes a tenth of the time of the read; to ask now and then would
            // not do, as an id can be given again at once where it is chosen (ns_last_pid, clone3(2)).
            if (Target.HasExited)
            {
                return false;
            }

            _interpreters.Decode(threads.Common);
            return true;
        }

        return threads.Forget(unreadable, _table);
    }

    /// <summary>Samples one thread from what was read.</summary>
    /// <returns>Whether its stack is known now.</returns>
    private bool Sample(ThreadSet set, int index, long timestamp, long now, int weight)
    {
        ThreadStack thread = set[index];
        ReadOnlySpan<byte> sample = set.BytesOf(index);
        bool holds = _interpreters.Holders.Contains(thread.Reader.ThreadStateAddress);
        SampleOutcome outcome = SampleOutcome.Gone;
        StackId stack = default;
        if (sample.IsEmpty || thread.IsSame(thread.Reader.ThreadState(sample)))
        {
            outcome = _stacks.Sample(thread, sample, holds || !_interpreters.KnowsHolders, now, out stack);
        }

        SampleState state = outcome == SampleOutcome.Gone ? SampleState.None : StateOf(thread, holds);
        switch (outcome)
        {
            case SampleOutcome.Proven:
                _counters.Proven++;
                break;
            case SampleOutcome.Paused:
                _counters.Paused++;
                state |= SampleState.Paused;
                break;
            case SampleOutcome.Failed:
                _counters.Failed++;
                _sink.Add(new Sample(timestamp, thread.Id, _markers.Failed, state | SampleState.Failed, weight));
                return false;
            case SampleOutcome.Lost:
                _counters.Lost++;
                return false;
            default:
                _table.Remove(thread);
                _states?.Forget(thread);
                _greenlets?.Forget(thread);
                _all.Clear();
                _holders.Clear();
                _sole.Clear();
                return false;
        }

        thread.LastStack = stack;
        Add(thread, stack, timestamp, now, state, weight);
        return true;
    }

    private SampleState StateOf(ThreadStack thread, bool holdsGil)
    {
        // Where the thread is in another interpreter, this one waits for it.
        SampleState state = _states is null ? (holdsGil ? SampleState.HoldsGil : SampleState.None)
            : thread.IsCurrent(_interpreters.Holders) ? _states.Of(thread, holdsGil, _interpreters)
            : SampleState.Idle;
        return (holdsGil || thread == _collector) && _interpreters.CollectsGarbage ? state | SampleState.CollectingGarbage : state;
    }

    private void Add(ThreadStack thread, StackId stack, long timestamp, long now, SampleState state, int weight)
    {
        if ((state & SampleState.Idle) != 0)
        {
            _counters.Idle++;
        }

        bool isLeftOut = _options.Threads switch
        {
            ThreadSelection.OnCpu => (state & SampleState.OnCpu) == 0 && _states!.IsAvailable,
            ThreadSelection.GilHolder when _allThreads && _interpreters.KnowsHolders => (state & SampleState.HoldsGil) == 0,
            _ => _options.ExcludeIdle && _allThreads && (state & SampleState.Idle) != 0,
        };
        if (isLeftOut)
        {
            return;
        }

        // A thread may be stopped in the middle of a switch too.
        for (int i = 0; _greenlets?.TryAttribute(thread, ref stack, now) == false && i < Attempts && _stacks.TrySampleStopped(thread, out StackId stopped); i++)
        {
            _counters.Proven -= (state & SampleState.Paused) == 0 ? 1 : 0;
            _counters.Paused += (state & SampleState.Paused) == 0 ? 1 : 0;
            state |= SampleState.Paused;
            thread.LastStack = stack = stopped;
        }

        if (_tasks is not null)
        {
            stack = _tasks.Attribute(thread, stack);
        }

        if (_tags is not null)
        {
            stack = _tags.Label(thread, stack);
        }

        if (thread.Reader.Depth >= StackReader.MaxDepth)
        {
            _counters.Truncated++;
            state |= SampleState.Truncated;
        }

        if ((state & SampleState.CollectingGarbage) != 0)
        {
            stack = _stackTable.Intern(stack, _markers.GarbageCollector);
        }

        _sink.Add(new Sample(timestamp, thread.Id, stack, state, weight));
    }
}
