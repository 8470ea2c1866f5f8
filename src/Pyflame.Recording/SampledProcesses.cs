using Pyflame.Processes;

namespace Pyflame.Recording;

/// <summary>The processes of a recording: one, or one with all that it starts.</summary>
internal sealed class SampledProcesses : IDisposable
{
    // More at a time would use up memory and descriptors; those above are followed when others have ended.
    private const int MaxProcesses = 4096;
    private const int MaxFailures = 1000;

    // How far apart looks for new processes are at the least.
    private const long BirthStep = 1_000_000;

    private readonly RecordingContext _context;
    private readonly ProcessTree? _tree;
    private readonly List<ProcessSampler> _processes = [];
    private readonly List<TreeProcess> _born = [];
    private readonly List<ProcessFailure> _failures = [];
    private long _birthsAt;
    private bool _lookedLast;
    private bool _pauseRefused;
    private bool _budgetSpent;

    /// <summary>Takes the process that the recording begins with.</summary>
    /// <param name="context">What all processes have in common.</param>
    /// <param name="root">Its sampler; disposed of with this.</param>
    /// <param name="tree">Those that it starts, which are to be sampled too; null for none. The caller's to dispose of.</param>
    public SampledProcesses(RecordingContext context, ProcessSampler root, ProcessTree? tree)
    {
        _context = context;
        _tree = tree;
        Root = root;
        _processes.Add(root);
    }

    /// <summary>The process that the recording began with.</summary>
    public ProcessSampler Root { get; }

    /// <summary>Whether those are looked for that it starts.</summary>
    public bool HasTree => _tree is not null;

    /// <summary>Whether any is sampled.</summary>
    public bool AnySampled => _processes.Exists(static process => process.IsSampled);

    /// <summary>Whether Python was found in any, ever.</summary>
    public bool FoundPython { get; private set; }

    /// <summary>Whether any had an interpreter without a GIL when it was found.</summary>
    public bool AnyLacksGil { get; private set; }

    /// <summary>How memory is read, of the first process that Python was found in; empty before.</summary>
    public string MemoryMethod { get; private set; } = string.Empty;

    /// <summary>Whether threads could not be stopped where they should have been.</summary>
    public bool PauseRefused => _pauseRefused || _processes.Exists(static process => process.PauseRefused);

    /// <summary>Whether a budget of stopped time was used up at any time.</summary>
    public bool BudgetSpent => _budgetSpent || _processes.Exists(static process => process.BudgetSpent);

    /// <summary>Those that could not be sampled though they ran Python, or may have.</summary>
    public IReadOnlyList<ProcessFailure> Failures =>
        [.. _failures, .. _processes.Select(Describe).OfType<ProcessFailure>().Take(MaxFailures - _failures.Count)];

    /// <summary>
    /// Whether there will be nothing more to sample: the first process has ended, and no other one runs Python or may be about to.
    /// </summary>
    public bool HaveEnded(long now)
    {
        if (!Root.HasEnded || _processes.Exists(process => process.IsSampled || process.IsYoung(now)))
        {
            _lookedLast = false;
            return false;
        }

        // What was born between the last look and the last end is there now, if at all.
        bool isCertain = _tree is null || _lookedLast;
        _lookedLast = true;
        _birthsAt = isCertain ? _birthsAt : 0;
        return isCertain;
    }

    /// <summary>When a process is to be looked at that is not sampled.</summary>
    public long NextLook
    {
        get
        {
            long next = long.MaxValue;
            foreach (ProcessSampler process in _processes)
            {
                next = process.IsSampled ? next : Math.Min(next, process.NextLook);
            }

            return next;
        }
    }

    /// <summary>Until when no thread of some process may be stopped any more; 0 where all may.</summary>
    public long BudgetRefilledAt(long now)
    {
        long latest = 0;
        foreach (ProcessSampler process in _processes)
        {
            latest = Math.Max(latest, process.BudgetRefilledAt(now));
        }

        return latest;
    }

    /// <summary>Takes in those that were born, and looks at those that are not sampled, where it is time to.</summary>
    public void Update(long now)
    {
        if (_tree is not null && now >= _birthsAt)
        {
            _birthsAt = now + BirthStep;
            _tree.Update(_born);
            int room = Math.Max(0, MaxProcesses - _processes.Count);
            foreach (TreeProcess child in _born.Take(room))
            {
                _processes.Add(new ProcessSampler(_context, child, isRoot: false));
            }

            _born.RemoveRange(0, Math.Min(room, _born.Count));
        }

        for (int i = 0; i < _processes.Count; i++)
        {
            ProcessSampler process = _processes[i];
            if (process.IsSampled)
            {
                continue;
            }

            if (process.TryBegin(now))
            {
                NoteFound(process);
            }
            else if (process.HasFailed && process.CommandLine.Length == 0 && process.Process is not null)
            {
                process.CommandLine = _tree!.ReadCommandLine(process.Process);
            }

            i -= RemoveEnded(i) ? 1 : 0;
        }
    }

    /// <summary>Samples every wanted thread of every process once.</summary>
    /// <param name="timestamp">The time of the samples, in nanoseconds since the recording began.</param>
    /// <param name="now">The same moment of <see cref="DeadlineTimer.Now"/>.</param>
    /// <param name="weight">How many intervals each sample stands for.</param>
    /// <returns>Whether any could be sampled.</returns>
    public bool Round(long timestamp, long now, int weight)
    {
        bool any = false;
        for (int i = 0; i < _processes.Count; i++)
        {
            if (_processes[i].IsSampled)
            {
                bool isSampled = _processes[i].Round(timestamp, now, weight);
                any |= isSampled;
                i -= !isSampled && RemoveEnded(i) ? 1 : 0;
            }
        }

        return any;
    }

    /// <summary>Notes that the first process runs Python already.</summary>
    public void BeginRoot(Python.PythonRuntime runtime)
    {
        Root.Begin(runtime);
        NoteFound(Root);
    }

    /// <summary>Opens a file for reading, by its path as any of the processes sees it; null where there is none that we may read.</summary>
    public Stream? TryOpenFile(string path)
    {
        foreach (ProcessSampler process in _processes)
        {
            if (process.TryOpenFile(path) is { } file)
            {
                return file;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ProcessSampler process in _processes)
        {
            process.Dispose();
        }

        Root.Dispose();
    }

    private void NoteFound(ProcessSampler process)
    {
        FoundPython = true;
        AnyLacksGil |= process.LacksGil;
        MemoryMethod = MemoryMethod.Length > 0 ? MemoryMethod : process.MemoryMethod;
    }

    private static ProcessFailure? Describe(ProcessSampler process) =>
        process.HasFailed ? new ProcessFailure(process.ProcessId, process.CommandLine, process.NotFound!.Message) : null;

    private bool RemoveEnded(int index)
    {
        ProcessSampler process = _processes[index];
        if (!process.HasEnded)
        {
            return false;
        }

        _pauseRefused |= process.PauseRefused;
        _budgetSpent |= process.BudgetSpent;
        if (_failures.Count < MaxFailures && Describe(process) is { } failure)
        {
            _failures.Add(failure);
        }

        _processes.RemoveAt(index);
        process.Dispose();
        return true;
    }
}
