using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;

namespace Pyflame.Recording;

/// <summary>
/// Samples a process, or one with all that it starts, at a steady rate until the time is over, they have ended, or it is told to stop.
/// </summary>
/// <remarks>
/// <see cref="Run"/> must be called on the OS thread that attached to the target, since ptrace(2) belongs to one thread. Once it runs,
/// nothing that the target does makes it throw: what was recorded is always there to be written.
/// </remarks>
public sealed class Sampler : IDisposable
{
    // While nothing runs Python yet, that is looked for this often at the most and at the least.
    private const long ShortestStep = 300_000;
    private const long LongestStep = 2_000_000;

    // Births are looked for in every round, and this often between two.
    private const long BirthStep = 5_000_000;

    private readonly RecordingOptions _options;
    private readonly RecordingContext _context;
    private readonly DeadlineTimer _timer;
    private readonly SamplingClock _clock;
    private readonly RecordingCounters _counters = new();
    private SampledProcesses? _processes;
    private long _started;
    private long _ended;
    private volatile bool _stopping;
    private Action? _posted;

    /// <summary>Makes a sampler on the calling thread.</summary>
    /// <param name="options">What to sample.</param>
    /// <param name="profile">Receives functions, frames, stacks, processes and threads.</param>
    /// <param name="sink">Receives the samples.</param>
    public Sampler(RecordingOptions options, Profile profile, ISampleSink sink)
    {
        _options = options;
        _context = new RecordingContext(options, profile, sink, _counters);
        _timer = DeadlineTimer.Create();
        _clock = new SamplingClock(options.Interval, options.Jitter);
    }

    /// <summary>Whether threads could not be stopped where they should have been, so that the profile may lean.</summary>
    public bool PauseRefused => _processes?.PauseRefused ?? false;

    /// <summary>Whether the budget of stopped time was used up, so that the profile may lean.</summary>
    public bool BudgetSpent => _processes?.BudgetSpent ?? false;

    /// <summary>How the recording goes, or went. From any thread.</summary>
    public RecordingStatistics Statistics
    {
        get
        {
            long nanoseconds = (_ended != 0 ? _ended : DeadlineTimer.Now) - _started;
            double seconds = _started == 0 ? 0 : nanoseconds / 1e9;
            return new RecordingStatistics
            {
                Samples = _counters.Proven + _counters.Paused + _counters.Failed + _counters.NoHolder,
                Proven = _counters.Proven,
                Paused = _counters.Paused,
                Truncated = _counters.Truncated,
                Lost = _counters.Lost,
                Late = _clock.Late,
                Missed = _clock.Missed,
                Failed = _counters.Failed,
                Idle = _counters.Idle,
                Duration = TimeSpan.FromSeconds(seconds),
                StoppedTime = TimeSpan.FromTicks(_counters.Stopped / 100),
                RateAsked = _options.Interval > TimeSpan.Zero ? 1 / _options.Interval.TotalSeconds : 0,
                RateReached = seconds > 0 ? _counters.Rounds / seconds : 0,
                Mode = _options.Mode switch
                {
                    SamplingMode.Nonblocking => "nonblocking",
                    SamplingMode.Blocking => "blocking",
                    _ => "auto",
                },
                MemoryMethod = _processes?.MemoryMethod ?? string.Empty,
            };
        }
    }

    /// <summary>Takes a running process as the target.</summary>
    /// <param name="target">The process; the caller's to dispose of, after the sampler.</param>
    /// <exception cref="TargetProcessException">It is not Python, or of a version that cannot be read.</exception>
    public void Attach(TargetProcess target)
    {
        PythonRuntime runtime = PythonRuntime.Locate(target, _options.ForcedVersion);
        Follow(target);
        _processes!.BeginRoot(runtime);
    }

    /// <summary>
    /// Takes a process as the target that is not Python yet, such as a command just started: <see cref="Run"/> looks for an
    /// interpreter in it, through every program that it becomes, and samples from its first instruction on.
    /// </summary>
    /// <param name="target">The process; the caller's to dispose of, after the sampler.</param>
    /// <param name="tree">
    /// The tree that begins with it, all of which is sampled as far as it runs Python; null for the process alone. The caller's to dispose
    /// of, once <see cref="Run"/> has returned.
    /// </param>
    public void Follow(TargetProcess target, ProcessTree? tree = null)
    {
        _processes = new SampledProcesses(_context, new ProcessSampler(_context, target), tree);
    }

    /// <summary>
    /// Takes a tree as the target, its first process included as far as that can be looked at: it may have ended already, and what it
    /// started run on.
    /// </summary>
    /// <param name="tree">The tree; the caller's to dispose of, once <see cref="Run"/> has returned.</param>
    public void Follow(ProcessTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        _processes = new SampledProcesses(_context, new ProcessSampler(_context, tree.Root, isRoot: true), tree);
    }

    /// <summary>Whether an interpreter was found; if not, <see cref="NotFound"/> says why.</summary>
    public bool FoundPython => _processes?.FoundPython ?? false;

    /// <summary>Whether a process was met whose interpreter has no GIL: of it all threads are sampled where the holder of the GIL is wanted.</summary>
    public bool AnyLacksGil => _processes?.AnyLacksGil ?? false;

    /// <summary>Why no interpreter was found in the target the last time that one was looked for; null where it was.</summary>
    public TargetProcessException? NotFound => _processes?.Root.NotFound;

    /// <summary>The processes of a tree that could not be sampled though they run Python, or may.</summary>
    public IReadOnlyList<ProcessFailure> Failures => _processes?.Failures ?? [];

    /// <summary>Whether <see cref="Run"/> returned because there was nothing more to sample.</summary>
    public bool HaveEnded { get; private set; }

    /// <summary>Samples until the time is over, all have ended, or <see cref="Stop"/>; returns how it went.</summary>
    public RecordingStatistics Run()
    {
        if (_processes is null)
        {
            throw new InvalidOperationException("There is nothing to sample yet.");
        }

        _started = DeadlineTimer.Now;
        _clock.Start(_started);
        Loop(_processes, _options.Duration is { } duration ? _started + (duration.Ticks * 100) : long.MaxValue);
        _ended = DeadlineTimer.Now;
        RecordingStatistics statistics = Statistics;
        _context.Profile.Statistics = statistics;
        return statistics;
    }

    /// <summary>
    /// Opens a file for reading, by its path as any of the processes sees it; null where there is none that we may read. For the thread that
    /// samples.
    /// </summary>
    public Stream? TryOpenFile(string path) => _processes?.TryOpenFile(path);

    /// <summary>Ends <see cref="Run"/> soon, be it running or yet to begin. From any thread, and at any time.</summary>
    public void Stop()
    {
        _stopping = true;
        _timer.Wake();
    }

    /// <summary>
    /// Has something done by the thread that samples, between two rounds, when nothing of the profile changes. From any thread. Where the
    /// last one still waits for its turn, it is replaced.
    /// </summary>
    /// <param name="action">What to do; must not throw. The rounds that it takes the time of are missed.</param>
    public void Post(Action action) => Volatile.Write(ref _posted, action);

    /// <inheritdoc/>
    public void Dispose()
    {
        _processes?.Dispose();
        _timer.Dispose();
    }

    private void Loop(SampledProcesses processes, long end)
    {
        long roundLimit = _options.RoundLimit ?? long.MaxValue;
        bool throttled = _options.Interval > TimeSpan.Zero;
        while (!_stopping && _counters.Rounds < roundLimit)
        {
            RunPosted();
            if (processes.AnySampled && throttled && (_clock.Deadline >= end || !SleepUntilRound(processes)))
            {
                _timer.SleepUntil(end);
                break;
            }

            long now = DeadlineTimer.Now;
            if (now >= end)
            {
                break;
            }

            bool wasSampling = processes.AnySampled;
            processes.Update(now);
            if (!processes.AnySampled)
            {
                if (processes.HaveEnded(now))
                {
                    HaveEnded = true;
                    break;
                }

                _timer.SleepUntil(Math.Min(end, Math.Clamp(processes.NextLook, now + ShortestStep, now + LongestStep)));
                continue;
            }

            // To look at new processes takes its time.
            now = DeadlineTimer.Now;
            if (!wasSampling)
            {
                // Nothing was missed while there was nothing to sample.
                _clock.Start(now);
            }

            int missed = _clock.BeginRound(now);
            _counters.Rounds++;
            if (!processes.Round(now - _started, now, _options.WeighMissedRounds ? missed : 1))
            {
                _counters.Rounds--;
            }
            else if (_options.Mode == SamplingMode.Blocking && throttled && processes.BudgetRefilledAt(DeadlineTimer.Now) is > 0 and var refilled)
            {
                _timer.SleepUntil(Math.Min(end, refilled));
            }
        }
    }

    /// <summary>Sleeps until a round is due, and takes in those that are born meanwhile.</summary>
    /// <returns>False where it was woken to stop.</returns>
    private bool SleepUntilRound(SampledProcesses processes)
    {
        while (processes.HasTree)
        {
            long next = DeadlineTimer.Now + BirthStep;
            if (next >= _clock.Deadline)
            {
                break;
            }

            if (!_timer.SleepUntil(next))
            {
                return false;
            }

            processes.Update(DeadlineTimer.Now);
        }

        return _timer.SleepUntil(_clock.Deadline);
    }

    private void RunPosted()
    {
        if (Volatile.Read(ref _posted) is not null)
        {
            Interlocked.Exchange(ref _posted, null)?.Invoke();
        }
    }
}
