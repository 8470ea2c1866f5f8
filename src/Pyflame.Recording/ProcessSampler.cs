using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;

namespace Pyflame.Recording;

/// <summary>Samples one process through every program that it becomes, and waits for Python where it does not run it.</summary>
internal sealed class ProcessSampler : IDisposable
{
    // Python may begin at any moment of a program, and does so in its first milliseconds if at all: a program is looked at in steps of a
    // part of its age, so that little is missed and what has long been something else costs nearly nothing.
    private const int AgePart = 32;
    private const long ShortestStep = 300_000;
    private const long LongestStep = 1_000_000_000;

    // Whether it is another program is asked more often, which costs less.
    private const long LongestCheckStep = 2_000_000;
    private const long LongestChildCheckStep = 20_000_000;
    private const long SampledCheckStep = 100_000_000;
    private const long CommandStep = 1_000_000_000;

    // A process that may not be looked at may become one that may.
    private const int AttachAgePart = 4;
    private const long ShortestAttachStep = 100_000_000;
    private const long LongestAttachStep = 1_000_000_000;

    // For so long a program counts as one that may be about to run Python.
    private const long YoungAge = 1_000_000_000;

    private readonly RecordingContext _context;
    private readonly TreeProcess? _process;
    private readonly bool _isRoot;
    private readonly PauseBudget _budget;
    private TargetProcess? _target;
    private RuntimeLocator? _locator;
    private TargetSampler? _sampler;
    private TargetProcessException? _suspected;
    private int _processIndex = -1;
    private ulong _stamp;
    private long _programSince;
    private long _checkAt;
    private long _lookAt;
    private long _commandAt;
    private bool _pauseRefused;
    private bool _budgetSpent;

    /// <summary>Takes a process that is attached to, for the first of a recording; it stays the caller's.</summary>
    public ProcessSampler(RecordingContext context, TargetProcess target)
        : this(context)
    {
        _target = target;
        _isRoot = true;
    }

    /// <summary>Takes a process of a tree, which is yet to be attached to.</summary>
    /// <param name="context">What all processes have in common.</param>
    /// <param name="process">The process.</param>
    /// <param name="isRoot">Whether it is the first of the recording.</param>
    public ProcessSampler(RecordingContext context, TreeProcess process, bool isRoot)
        : this(context)
    {
        _process = process;
        _isRoot = isRoot;
    }

    private ProcessSampler(RecordingContext context)
    {
        _context = context;
        _programSince = DeadlineTimer.Now;
        _budget = new PauseBudget(context.Options.StoppedShare, _programSince, context.Counters);
    }

    /// <summary>The process.</summary>
    public int ProcessId => _process?.ProcessId ?? _target!.ProcessId;

    /// <summary>The process as its tree knows it; null for one that was attached to before.</summary>
    public TreeProcess? Process => _process;

    /// <summary>How its memory is read; empty before it was attached to.</summary>
    public string MemoryMethod => _target?.MemoryMethod ?? string.Empty;

    /// <summary>Whether it runs Python, and is sampled.</summary>
    public bool IsSampled => _sampler is not null;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether Python was found in it, ever.</summary>
    public bool FoundPython { get; private set; }

    /// <summary>Whether its interpreter had no GIL when it was found.</summary>
    public bool LacksGil { get; private set; }

    /// <summary>Why it is not sampled; null where it is, and where it was not looked at yet.</summary>
    public TargetProcessException? NotFound { get; private set; }

    /// <summary>Whether it is not sampled though it runs Python, or may: it could not be looked at, or not be understood.</summary>
    public bool HasFailed => !IsSampled && NotFound is { Failure: not (TargetFailure.NotPython or TargetFailure.NotFound) };

    /// <summary>Its command line, words separated by spaces; empty where it was not read yet.</summary>
    public string CommandLine { get; set; } = string.Empty;

    /// <summary>Whether threads could not be stopped where they should have been.</summary>
    public bool PauseRefused => _pauseRefused || (_sampler?.PauseRefused ?? false);

    /// <summary>Whether the budget of stopped time was used up at any time.</summary>
    public bool BudgetSpent => _budgetSpent || (_sampler?.BudgetSpent ?? false);

    /// <summary>When it is to be looked at again while it is not sampled.</summary>
    public long NextLook => Math.Min(_checkAt, _lookAt);

    /// <summary>Until when its threads may not be stopped any more; 0 where they may.</summary>
    public long BudgetRefilledAt(long now) => _budget.HasLeft(now) ? 0 : _budget.RefilledAt;

    /// <summary>Whether it may be about to run Python: its program has only begun.</summary>
    public bool IsYoung(long now) => _target is not null && now - _programSince < YoungAge;

    /// <summary>Begins to sample it with a runtime that was found in it.</summary>
    public void Begin(PythonRuntime runtime)
    {
        TargetProcess target = _target!;
        FoundPython = true;
        LacksGil = !runtime.HasGil();
        NotFound = null;
        _suspected = null;
        _locator = null;
        _stamp = _stamp != 0 ? _stamp : target.ReadProgramStamp();
        CommandLine = ReadCommandLine();
        var process = new ProfiledProcess(target.ProcessId, CommandLine, runtime.Version.ToString())
        {
            NamespaceProcessId = target.NamespaceProcessId == target.ProcessId ? 0 : target.NamespaceProcessId,
            ParentProcessId = _isRoot ? 0 : _process!.ParentProcessId,
            Executable = target.ReadExecutablePath() ?? string.Empty,
        };

        // An interpreter may be lost sight of for a moment, as where it begins or ends.
        if (_processIndex < 0 || _context.Profile.Processes[_processIndex] != process)
        {
            _processIndex = _context.Profile.Processes.Count;
            _context.Profile.Processes.Add(process);
        }

        _sampler = new TargetSampler(
            target, runtime, _context.Options, _context.Profile, _processIndex, _context.Sink, _context.Counters, _budget);
    }

    /// <summary>Looks whether it runs Python by now, where it is time to.</summary>
    /// <returns>Whether it does, and is sampled from now on.</returns>
    public bool TryBegin(long now)
    {
        if (now < NextLook || HasEnded || !TryAttach(now))
        {
            return false;
        }

        if (_target!.HasExited)
        {
            HasEnded = true;
            return false;
        }

        Check(now);
        if (now < _lookAt)
        {
            return false;
        }

        _locator ??= new RuntimeLocator(_target, _context.Options.ForcedVersion);
        bool isFound = _locator.TryLocate(out PythonRuntime? runtime, out TargetProcessException? failure);
        if (isFound && (_isRoot || IsItsOwn(runtime!, now)) && _target.ReadProgramStamp() == _stamp)
        {
            Begin(runtime!);
            return true;
        }

        _lookAt = now + Step(now, LongestStep);
        if (failure?.Failure == TargetFailure.NotFound)
        {
            // It ends, or has become a program that we may not look at: to attach anew tells.
            Detach();
        }
        else if (failure is not null)
        {
            Suspect(failure);
        }

        return false;
    }

    /// <summary>Samples every wanted thread once.</summary>
    /// <param name="timestamp">The time of the samples, in nanoseconds since the recording began.</param>
    /// <param name="now">The same moment of <see cref="DeadlineTimer.Now"/>.</param>
    /// <param name="weight">How many intervals each sample stands for.</param>
    /// <returns>False where it has ended, or runs another program now, which is to be looked at anew.</returns>
    public bool Round(long timestamp, long now, int weight)
    {
        bool isSame = now < _checkAt || IsSameProgram(now);
        if (isSame && _sampler!.Round(timestamp, now, weight))
        {
            return true;
        }

        Forget();
        _programSince = now;
        _checkAt = now;
        _lookAt = now;
        HasEnded = _target!.HasExited;
        return false;
    }

    /// <summary>Opens a file of it for reading; null where there is none that we may read.</summary>
    public Stream? TryOpenFile(string path) => _target?.TryOpenFile(path);

    /// <inheritdoc/>
    public void Dispose()
    {
        Forget();
        Detach();
    }

    private void Detach()
    {
        if (_process is not null)
        {
            _target?.Dispose();
            _target = null;
            _locator = null;
        }
    }

    private void Forget()
    {
        _pauseRefused = PauseRefused;
        _budgetSpent = BudgetSpent;
        _sampler?.Dispose();
        _sampler = null;
        _locator = null;
        _stamp = 0;
        CommandLine = string.Empty;
    }

    private long Step(long now, long longest) => Math.Clamp((now - _programSince) / AgePart, ShortestStep, longest);

    private bool TryAttach(long now)
    {
        if (_target is not null)
        {
            return true;
        }

        try
        {
            _target = TargetProcess.Attach(_process!.ProcessId);
            if (_target.StartTimeTicks == _process.StartTimeTicks)
            {
                return true;
            }

            // The id has been given to another process since.
            HasEnded = true;
        }
        catch (TargetProcessException exception) when (exception.Failure == TargetFailure.NotFound)
        {
            HasEnded = true;
        }
        catch (TargetProcessException exception)
        {
            Suspect(exception);
        }

        _lookAt = now + Math.Clamp((now - _programSince) / AttachAgePart, ShortestAttachStep, LongestAttachStep);
        _checkAt = _lookAt;
        return false;
    }

    // What is read of a process that is about to end may look like anything, so a reason counts when it is met a second time.
    private void Suspect(TargetProcessException failure)
    {
        NotFound = _suspected?.Failure == failure.Failure ? failure : NotFound;
        _suspected = failure;
    }

    /// <summary>Sees to it that another program is looked at from its beginning.</summary>
    private void Check(long now)
    {
        ulong stamp = _target!.ReadProgramStamp();
        if (stamp != _stamp)
        {
            _stamp = stamp;
            _programSince = now;
            _lookAt = now;
            _locator = null;
        }

        _checkAt = now + Step(now, _isRoot ? LongestCheckStep : LongestChildCheckStep);
    }

    private bool IsSameProgram(long now)
    {
        _checkAt = now + SampledCheckStep;
        ulong stamp = _target!.ReadProgramStamp();
        if (stamp != 0 && stamp != _stamp)
        {
            return false;
        }

        // Servers name their children in the command line, some time after their birth (setproctitle).
        if (!_isRoot && now >= _commandAt)
        {
            _commandAt = now + CommandStep;
            string command = ReadCommandLine();
            if (command.Length > 0 && command != CommandLine)
            {
                CommandLine = command;
                _context.Profile.Processes[_processIndex] = _context.Profile.Processes[_processIndex] with { CommandLine = command };
            }
        }

        return true;
    }

    private bool IsItsOwn(PythonRuntime runtime, long now) => ForkedThreads.AreOwn(_target!, runtime)
        || (now - _programSince >= YoungAge && !_target!.SharesMemoryWith(_process!.ParentProcessId));

    private string ReadCommandLine() => string.Join(' ', _target!.ReadCommandLine());
}
