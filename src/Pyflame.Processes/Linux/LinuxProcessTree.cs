using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>A tree of processes on Linux: who is whose parent stands in <c>/proc/PID/stat</c> (proc_pid_stat(5)).</summary>
/// <remarks>
/// The kernel numbers processes in the order of their birth, so one look at <see cref="LastProcessId"/> says whether any was born, and
/// which ids to look at. All processes are read at the beginning, and now and then for what that way may miss: an id given out below
/// the last one, or a birth that took long. <c>task/TID/children</c> would cost more: a file for each thread of the tree. A child whose
/// parent has ended before it is looked at has another parent by then; of a command of ours that is us, and else
/// <see cref="BirthEvents"/> tells, where we are told.
/// </remarks>
internal sealed unsafe class LinuxProcessTree : ProcessTree
{
    private const long Millisecond = 1_000_000;

    // How often all processes are read, and which part of the time that may take: with the last id known, and without.
    private const long ScanInterval = 1000 * Millisecond;
    private const int ScanPart = 200;
    private const long BlindScanInterval = 10 * Millisecond;
    private const int BlindScanPart = 20;

    // More new ids than these are found quicker by reading all processes.
    private const int LongestRange = 512;

    // An id is given out some time before its process can be seen, longer where the machine is busy.
    private const long BirthLimit = 200 * Millisecond;
    private const int MostUnborn = 512;

    private readonly Dictionary<int, TreeProcess> _members = [];
    private readonly LaunchedProcess? _launched;
    private readonly LastProcessId? _last;
    private readonly BirthEvents? _events;
    private readonly HashSet<int> _descendants = [];
    private readonly ProcessStats _stats = new();
    private readonly List<TreeProcess> _candidates = [];
    private readonly HashSet<int> _present = [];
    private List<(int Id, long Until)> _unborn = [];
    private List<(int Id, long Until)> _stillUnborn = [];
    private int _seen;
    private long _scanAt;

    /// <summary>Begins with a process.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="launched">The same where it is our child, whose orphans become our children too; else null.</param>
    /// <param name="last">Tells who was born; null where the system does not. Disposed of with the tree.</param>
    /// <param name="events">Tells who was born of whom; null where nobody does. Disposed of with the tree.</param>
    public LinuxProcessTree(int processId, LaunchedProcess? launched, LastProcessId? last, BirthEvents? events = null)
    {
        _launched = launched;
        _last = last;
        _events = events;
        bool isThere = _stats.TryRead(processId, out ProcStat stat);
        Root = new TreeProcess(processId, isThere ? stat.ParentId : 0, isThere ? stat.StartTicks : 0);
        if (isThere)
        {
            _members.Add(processId, Root);
        }
    }

    /// <inheritdoc/>
    public override TreeProcess Root { get; }

    /// <summary>How many processes are known, some of which may have ended.</summary>
    public int Count => _members.Count;

    /// <inheritdoc/>
    public override void Update(List<TreeProcess> born)
    {
        TakeNoticeOfEnds();
        if (_scanAt != 0)
        {
            TakeEvents();
        }

        long now = DeadlineTimer.Now;
        int last = _last?.Read() ?? 0;
        if (now >= _scanAt || (_last is not null && (last < _seen || last - _seen > LongestRange)))
        {
            Scan(now, born);
        }
        else if (last != _seen || _unborn.Count > 0)
        {
            LookAt(last, now, born);
        }

        _seen = last;
    }

    /// <inheritdoc/>
    public override string ReadCommandLine(TreeProcess process)
    {
        using ProcFolder? proc = ProcFolder.TryOpen(process.ProcessId, out _);
        byte[] text = new byte[4096];
        int count = proc?.Read("cmdline", ref text, out _) ?? 0;
        return count <= 0 ? string.Empty : ByteText.Decode(text.AsSpan(0, count)).TrimEnd('\0').Replace('\0', ' ');
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (_launched is not null)
            {
                _ = TimerCalls.ControlProcess(TimerCalls.SetChildSubreaper, 0, 0, 0, 0);
            }

            _last?.Dispose();
            _events?.Dispose();
            _stats.Dispose();
        }
    }

    private static bool HasEnded(in ProcStat stat) => stat.State is NativeThreadState.Zombie or NativeThreadState.Dead;

    /// <summary>Reads all processes, and forgets those of the tree that are no longer there.</summary>
    private void Scan(long now, List<TreeProcess> born)
    {
        _candidates.Clear();
        _present.Clear();
        _unborn.Clear();
        foreach (int id in _stats.ReadIds())
        {
            _present.Add(id);
            if (_stats.TryRead(id, out ProcStat stat))
            {
                Propose(id, stat);
            }
        }

        foreach (int id in _members.Keys)
        {
            // A parent that is gone is nobody's parent any more.
            if (!_present.Contains(id))
            {
                _members.Remove(id);
            }
        }

        Join(born, areLeaders: true);
        long end = DeadlineTimer.Now;
        _scanAt = _last is null
            ? end + Math.Max(BlindScanInterval, (end - now) * BlindScanPart)
            : end + Math.Max(ScanInterval, (end - now) * ScanPart);
    }

    /// <summary>Looks at the ids that were given out since the last time, and at those that had no process yet.</summary>
    private void LookAt(int last, long now, List<TreeProcess> born)
    {
        _candidates.Clear();
        _stillUnborn.Clear();
        foreach ((int id, long until) in _unborn)
        {
            if (_stats.TryRead(id, out ProcStat stat))
            {
                // Its own children may have been looked at before it, and taken for strangers.
                Propose(id, stat);
                _scanAt = now;
            }
            else if (now < until)
            {
                _stillUnborn.Add((id, until));
            }
        }

        for (int id = _seen + 1; id <= last; id++)
        {
            if (_stats.TryRead(id, out ProcStat stat))
            {
                Propose(id, stat);
            }
            else if (_stillUnborn.Count < MostUnborn)
            {
                _stillUnborn.Add((id, now + BirthLimit));
            }
        }

        (_unborn, _stillUnborn) = (_stillUnborn, _unborn);
        Join(born, areLeaders: false);
    }

    private void Propose(int id, in ProcStat stat)
    {
        if (_members.TryGetValue(id, out TreeProcess? member))
        {
            if (member.StartTimeTicks == stat.StartTicks)
            {
                return;
            }

            // The id is another process's now.
            _members.Remove(id);
        }

        if (!HasEnded(stat))
        {
            _candidates.Add(new TreeProcess(id, stat.ParentId, stat.StartTicks));
        }
    }

    /// <summary>Takes those into the tree whose parent is in it, until no more are.</summary>
    private void Join(List<TreeProcess> born, bool areLeaders)
    {
        JoinChildren(born, areLeaders);

        // Who has lost its parent by the time it was looked at was told of before that: a process is told of in its parent's fork(2).
        TakeEvents();
        JoinChildren(born, areLeaders);
    }

    private void JoinChildren(List<TreeProcess> born, bool areLeaders)
    {
        int before;
        do
        {
            before = _candidates.Count;
            for (int i = 0; i < _candidates.Count; i++)
            {
                TreeProcess candidate = _candidates[i];
                bool isOurs = IsParent(candidate.ParentProcessId) || _descendants.Contains(candidate.ProcessId);
                if (!isOurs || candidate.ProcessId == Environment.ProcessId)
                {
                    continue;
                }

                // A thread has an id of the same kind, and its process's parent.
                _candidates.RemoveAt(i--);
                if (areLeaders || _stats.IsLeader(candidate.ProcessId))
                {
                    _members[candidate.ProcessId] = candidate;
                    born.Add(candidate);
                }
            }
        }
        while (_candidates.Count < before);
    }

    /// <summary>Notes who was born of the tree, whether or not it lives long enough to be looked at.</summary>
    private void TakeEvents()
    {
        while (_events is not null && _events.TryRead(out BirthEvent happened))
        {
            if (happened.WereLost)
            {
                // Those that have ended since may be among them.
                _descendants.Clear();
            }

            if (happened.ParentId == 0)
            {
                _descendants.Remove(happened.ProcessId);
            }
            else if (_members.ContainsKey(happened.ParentId) || _descendants.Contains(happened.ParentId))
            {
                _descendants.Add(happened.ProcessId);
            }
        }
    }

    private bool IsParent(int processId) =>
        _members.ContainsKey(processId) || (_launched is not null && processId == Environment.ProcessId);

    /// <summary>Waits for those of our children that have ended and that nobody else waits for.</summary>
    private void TakeNoticeOfEnds()
    {
        SignalInfo info = default;
        while (_launched is not null
            && Libc.WaitId(Libc.WaitForAny, 0, &info, Libc.WaitExited | Libc.WaitNoHang | Libc.WaitLeave) == 0
            && info.ProcessId != 0)
        {
            // How the command ended is for others to know.
            if (info.ProcessId == _launched.ProcessId)
            {
                _ = _launched.ExitStatus;
            }
            else
            {
                _ = Libc.WaitId(Libc.WaitForProcess, info.ProcessId, &info, Libc.WaitExited | Libc.WaitNoHang);
            }

            info = default;
        }
    }
}
