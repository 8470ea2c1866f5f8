using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;

namespace Pyflame.Recording;

/// <summary>Reads the stacks of all threads of a process once.</summary>
public static class ThreadDumper
{
    private const int Tries = 20;

    /// <summary>Takes the dump.</summary>
    /// <param name="target">The process.</param>
    /// <param name="runtime">Its runtime.</param>
    /// <param name="mode">How stacks are made sure of.</param>
    /// <returns>The threads in the order of CPython's list, which is newest first, interpreter by interpreter.</returns>
    public static IReadOnlyList<ThreadDump> Dump(TargetProcess target, PythonRuntime runtime, SamplingMode mode) =>
        Dump(target, runtime, new DumpOptions { Mode = mode });

    /// <summary>Takes the dump.</summary>
    /// <param name="target">The process.</param>
    /// <param name="runtime">Its runtime.</param>
    /// <param name="options">What it is to hold.</param>
    /// <returns>The threads in the order of CPython's list, which is newest first, interpreter by interpreter.</returns>
    public static IReadOnlyList<ThreadDump> Dump(TargetProcess target, PythonRuntime runtime, DumpOptions options)
    {
        // The profile is only the home of the table's threads here.
        var profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UtcNow, Mode = "dump", RateHertz = 0 });
        var table = new ThreadTable(target, runtime, profile, 0, options.Names);
        var interpreters = new InterpreterTable(runtime, true);
        var dumps = new List<ThreadDump>();
        if (interpreters.Refresh() is null)
        {
            return dumps;
        }

        var buffer = new RoundBuffer();
        var threads = new List<ThreadStack>();
        buffer.Join(interpreters.Ranges, threads);
        if (buffer.Read(target.Memory) is not null)
        {
            return dumps;
        }

        interpreters.Decode(buffer.Common);
        var interpreterOf = new Dictionary<ThreadStack, RemoteAddress>();
        for (int i = 0; i < interpreters.Count; i++)
        {
            int from = threads.Count;
            table.ReadList(interpreters.ListHeads[i], threads);
            threads.Skip(from).ToList().ForEach(thread => interpreterOf[thread] = interpreters[i].Address);
        }

        ThreadStack.LinkSiblings(threads);
        var proof = new StackProof();
        var describer = new FrameDescriber(target.Memory, runtime.Offsets, options.Variables, options.QualifyNames);
        using ThreadStates? states = options.States ? new ThreadStates(target, runtime) : null;
        foreach (ThreadStack thread in threads)
        {
            bool holds = interpreters.Holders.Contains(thread.Reader.ThreadStateAddress);

            // Asked first: a thread that was stopped seems to run for a moment.
            SampleState state = states is null ? SampleState.None
                : thread.IsCurrent(interpreters.Holders) ? states.Of(thread, holds, interpreters)
                : SampleState.Idle;
            StackStatus status = StackStatus.Torn;
            List<DumpedFrame> frames = [];
            bool together = true;
            bool mayPause = options.Mode != SamplingMode.Nonblocking && thread.OsThreadId != 0;

            // Values are read one after another, far too slowly for a thread that runs, and even one that has waited all the while may go
            // round a loop and wait again: it is stopped for them.
            if (options.Mode != SamplingMode.Blocking && !(options.Variables && mayPause))
            {
                status = TryReadRunning(thread.Reader, MayRun(holds, state), out frames, out together);
            }

            if ((status == StackStatus.Torn || !together) && mayPause && target.TryPauseThread(thread.OsThreadId, out ProcessPause pause))
            {
                using (pause)
                {
                    status = proof.ReadStopped(target.Memory, thread.Reader);
                    frames = status == StackStatus.Torn ? [] : describer.Describe(thread.Reader.Frames);
                    together = true;
                }
            }
            else if (status == StackStatus.Torn && options.Mode != SamplingMode.Blocking && options.Variables)
            {
                // It could not be stopped.
                status = TryReadRunning(thread.Reader, MayRun(holds, state), out frames, out together);
            }

            if (status == StackStatus.ThreadGone)
            {
                continue;
            }

            ProfiledThread known = profile.Threads[thread.Id.Value];
            dumps.Add(new ThreadDump(
                thread.PthreadId, thread.OsThreadId, interpreters.KnowsHolders ? holds : null, known.Name, status, frames)
            {
                State = state,
                VariablesFitStack = together,
                IsMain = known.IsMain,
                ThreadState = thread.Reader.ThreadStateAddress,
                Interpreter = interpreterOf[thread],
            });
        }

        return dumps;

        // Where a thread waits and its stack is the same again after values were read, none of them is newer than it. Of one that runs that
        // says nothing: from 3.14 on the instruction is stored only now and then.
        StackStatus TryReadRunning(StackReader reader, bool mayRun, out List<DumpedFrame> frames, out bool together)
        {
            StackStatus status = proof.TryRead(target.Memory, reader, Tries);
            together = true;
            if (status is StackStatus.Torn or StackStatus.ThreadGone)
            {
                frames = [];
                return status;
            }

            RawFrame[] before = [.. reader.Frames];
            frames = describer.Describe(reader.Frames);
            together = !options.Variables
                || (!mayRun && proof.TryRead(target.Memory, reader, 1) == status && reader.Frames.SequenceEqual(before));
            return status;
        }
    }

    private static bool MayRun(bool holdsGil, SampleState state) => holdsGil || (state & SampleState.Idle) == 0;
}
