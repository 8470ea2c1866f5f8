using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>
/// Pauses threads of one process with ptrace(2): seize, interrupt, wait, and afterwards detach.
/// </summary>
/// <param name="proc">The folder of the process.</param>
/// <param name="processId">The process.</param>
/// <remarks>
/// <para>
/// A seized thread does not receive a SIGSTOP as with <c>PTRACE_ATTACH</c>, a thread in a group stop stays in it, and
/// the kernel detaches from everything when the tracing OS thread ends, however it ends; so the target never stays
/// stopped behind us. All of ptrace belongs to one OS thread, and so does an instance of this class while it holds or
/// awaits a thread.
/// </para>
/// <para>
/// Waiting leaves the event where it is (<c>WNOWAIT</c>): the target may be our own child, and its exit status is not
/// ours to take here. A thread that is not our child and ends while we hold it is a zombie until we take notice of it,
/// so that is done.
/// </para>
/// </remarks>
internal sealed unsafe class ThreadPauser(ProcFolder proc, int processId) : IThreadPauser
{
    /// <summary>How long a thread may take to stop before it is given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How long it may take while it sleeps where no signal wakes it.</summary>
    private static readonly TimeSpan PatienceWithSleepers = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Threads that this OS thread traces and could not let go of yet, of any target: they outlive the look at their
    /// process.
    /// </summary>
    [ThreadStatic]
    private static List<Straggler>? stragglers;

    /// <summary>The thread that stands still now; 0 for none.</summary>
    public int PausedThreadId { get; private set; }

    /// <summary>Pauses a thread; see <see cref="TargetProcess.TryPauseThread"/>.</summary>
    public bool TryPause(int threadId, out ProcessPause pause)
    {
        if (stragglers is { Count: > 0 })
        {
            ReleaseStragglers();
            if (IsStraggler(threadId))
            {
                pause = new ProcessPause(PauseStatus.NotStopping);
                return false;
            }
        }

        SilenceStops();
        long since = Stopwatch.GetTimestamp();
        if (Libc.PtraceThread(Ptrace.Seize, threadId, 0, 0) != 0)
        {
            pause = new ProcessPause(RefusalOf(threadId, Marshal.GetLastPInvokeError()));
            return false;
        }

        _ = Libc.PtraceThread(Ptrace.Interrupt, threadId, 0, 0);
        PauseStatus status = Await(threadId, since, out int signal);
        if (status != PauseStatus.Paused)
        {
            pause = new ProcessPause(status);
            return false;
        }

        PausedThreadId = threadId;
        pause = new ProcessPause(this, threadId, signal, since);
        return true;
    }

    /// <inheritdoc/>
    public void Resume(int threadId, int signal)
    {
        PausedThreadId = 0;
        if (Libc.PtraceThread(Ptrace.Detach, threadId, 0, signal) != 0)
        {
            // It was killed while it stood still, or another thread has run another program. Whoever waits for its end
            // hears of it only after we did, and it is not quite at its end yet.
            AddStraggler(threadId);
            ReleaseStragglers(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>
    /// Lets go of threads that took too long to stop; see <see cref="TargetProcess.ReleaseStragglers"/>.
    /// </summary>
    public static void ReleaseStragglers()
    {
        if (stragglers is not { Count: > 0 } waiting)
        {
            return;
        }

        for (int i = waiting.Count - 1; i >= 0; i--)
        {
            if (TryRelease(waiting[i]))
            {
                waiting.RemoveAt(i);
            }
        }
    }

    /// <summary>Lets go of threads that took too long to stop, and waits for them to let that be done.</summary>
    /// <param name="patience">How long.</param>
    public static void ReleaseStragglers(TimeSpan patience)
    {
        long since = Stopwatch.GetTimestamp();
        ReleaseStragglers();
        while (stragglers is { Count: > 0 } && Stopwatch.GetElapsedTime(since) < patience)
        {
            _ = Libc.SleepMicroseconds(50);
            ReleaseStragglers();
        }
    }

    private PauseStatus Await(int threadId, long since, out int signal)
    {
        WaitTimer? timer = WaitTimer.Current;
        timer?.Start();
        try
        {
            while (true)
            {
                switch (Look(threadId, mayWait: timer is not null, out signal))
                {
                    case Sight.Stopped:
                        return PauseStatus.Paused;
                    case Sight.Gone:
                        AddStraggler(threadId);
                        ReleaseStragglers();
                        return PauseStatus.ThreadGone;
                    default:
                        break;
                }

                // The news of a stop goes to whoever of us asks first, such as System.Diagnostics.Process for its
                // children.
                TimeSpan waited = Stopwatch.GetElapsedTime(since);
                NativeThreadState state = waited > PatienceWithSleepers ? StateOf(threadId) : NativeThreadState.Running;
                if (state == NativeThreadState.Traced && TryReadStop(threadId, out signal))
                {
                    return PauseStatus.Paused;
                }

                // On a busy machine a thread may be long in getting to run, and will stop as soon as it does; one that
                // sleeps where nothing wakes it may never.
                if (waited > Patience || state == NativeThreadState.DiskSleep)
                {
                    AddStraggler(threadId);
                    return PauseStatus.NotStopping;
                }

                if (timer is null)
                {
                    _ = Libc.SleepMicroseconds(20);
                }
            }
        }
        finally
        {
            timer?.Stop();
        }
    }

    private NativeThreadState StateOf(int threadId)
    {
        byte[] text = new byte[1024];
        int count = proc.Read($"task/{threadId}/stat", ref text, out _);
        return count > 0 && ProcStat.TryParse(text.AsSpan(0, count), out ProcStat stat) ? stat.State : NativeThreadState.Unknown;
    }

    /// <summary>Asks of a stopped thread what it stopped for; false where it does not stand still for us.</summary>
    private static bool TryReadStop(int threadId, out int signal)
    {
        SignalInfo info = default;
        if (Libc.PtraceThread(Ptrace.GetSignalInfo, threadId, 0, (nint)(&info)) != 0)
        {
            signal = 0;
            return false;
        }

        // The stop that was asked for, and a group stop, have their event here; else it is the signal that is to be
        // delivered.
        signal = info.Code >> 8 == Ptrace.EventStop ? 0 : info.Signal;
        return true;
    }

    /// <summary>Looks whether a thread that we trace has stopped or ended.</summary>
    [SkipLocalsInit]
    private static Sight Look(int threadId, bool mayWait, out int signal)
    {
        signal = 0;
        SignalInfo info;
        info.ProcessId = 0;
        const int Options = Libc.WaitStopped | Libc.WaitExited | Libc.WaitLeave | Libc.WaitAll;
        if (Libc.WaitId(Libc.WaitForProcess, threadId, &info, mayWait ? Options : Options | Libc.WaitNoHang) != 0)
        {
            return Marshal.GetLastPInvokeError() == Errno.Interrupted ? Sight.Nothing : Sight.Gone;
        }

        if (info.ProcessId == 0)
        {
            return Sight.Nothing;
        }

        if (info.Code is not (SignalInfo.CodeTrapped or SignalInfo.CodeStopped))
        {
            return Sight.Gone;
        }

        // The stop that was asked for, and a group stop, have this event. Without any event it stands before the
        // delivery of a signal, which is as good a stop; the signal is handed back when it is let go, or it would be
        // lost.
        signal = info.Status >> 8 == 0 ? info.Status & 0xff : 0;
        return Sight.Stopped;
    }

    /// <summary>Lets a thread go, as soon as that can be done.</summary>
    /// <returns>Whether there is nothing left to do about it.</returns>
    private static bool TryRelease(Straggler straggler)
    {
        switch (Look(straggler.ThreadId, mayWait: false, out int signal))
        {
            case Sight.Nothing:
                return false;
            case Sight.Stopped:
                return Libc.PtraceThread(Ptrace.Detach, straggler.ThreadId, 0, signal) == 0
                    || Marshal.GetLastPInvokeError() != Errno.NoProcess;
            default:
                Bury(straggler);
                return true;
        }
    }

    /// <summary>Takes notice of the end of a thread that we trace, unless it is our own child.</summary>
    private static void Bury(Straggler straggler)
    {
        // A thread that runs another program takes on the id of its process, and what we hold is found under that.
        bool isLeader = straggler.ThreadId == straggler.ProcessId;
        if (!isLeader && Look(straggler.ProcessId, mayWait: false, out int signal) == Sight.Stopped)
        {
            _ = Libc.PtraceThread(Ptrace.Detach, straggler.ProcessId, 0, signal);
        }

        if (!isLeader || !straggler.IsOurChild)
        {
            SignalInfo info;
            _ = Libc.WaitId(
                Libc.WaitForProcess, straggler.ThreadId, &info, Libc.WaitExited | Libc.WaitNoHang | Libc.WaitAll);
        }
    }

    /// <summary>
    /// Makes the kernel send us no SIGCHLD when a thread that we trace stops. <see cref="Process"/> answers that signal
    /// with waitpid(2) and takes the stop of a child that it has started for the child's end; and a signal less is time
    /// won.
    /// </summary>
    private static void SilenceStops()
    {
        // Looked at every time, since .NET sets its own handler only when it first needs one.
        SignalAction action = Libc.GetSignalAction(SignalAction.Child);
        if (action.Handler is not (SignalAction.Default or SignalAction.Ignore) && (action.Flags & SignalAction.NoChildStops) == 0)
        {
            action.Flags |= SignalAction.NoChildStops;
            _ = Libc.SetSignalAction(SignalAction.Child, action);
        }
    }

    private PauseStatus RefusalOf(int threadId, int error)
    {
        if (error != Errno.NotPermitted)
        {
            return PauseStatus.ThreadGone;
        }

        byte[] text = new byte[4096];
        int count = proc.Read($"task/{threadId}/status", ref text, out _);
        if (count <= 0 || ProcStatus.Field(text.AsSpan(0, count), "State:"u8) is [(byte)'Z' or (byte)'X', ..])
        {
            return PauseStatus.ThreadGone;
        }

        return ProcStatus.TryNumber(text.AsSpan(0, count), "TracerPid:"u8, 0, out int tracer) && tracer != 0
            ? PauseStatus.TracedByAnother
            : PauseStatus.NotPermitted;
    }

    private void AddStraggler(int threadId)
    {
        Span<byte> text = stackalloc byte[1024];
        int count = proc.ReadStart("stat\0"u8, text);
        bool isOurChild = count > 0
            && ProcStat.TryParse(text[..count], out ProcStat stat)
            && stat.ParentId == Environment.ProcessId;
        (stragglers ??= []).Add(new Straggler(threadId, processId, isOurChild));
    }

    private static bool IsStraggler(int threadId)
    {
        foreach (Straggler straggler in stragglers!)
        {
            if (straggler.ThreadId == threadId)
            {
                return true;
            }
        }

        return false;
    }

    private enum Sight
    {
        Nothing,
        Stopped,
        Gone,
    }

    private readonly record struct Straggler(int ThreadId, int ProcessId, bool IsOurChild);
}
