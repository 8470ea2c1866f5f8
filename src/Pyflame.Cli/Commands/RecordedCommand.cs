using Pyflame.Cli.Terminal;
using Pyflame.Processes;

namespace Pyflame.Cli.Commands;

/// <summary>Runs a command, samples it from its first Python instruction on, and ends as it does.</summary>
internal sealed class RecordedCommand
{
    private readonly IReadOnlyList<string> _command;
    private readonly UserMessages _messages;
    private readonly PassedSignals _signals = new();

    public RecordedCommand(IReadOnlyList<string> command, UserMessages messages)
    {
        _command = command;
        _messages = messages;
    }

    /// <summary>Runs the command and records it.</summary>
    /// <returns>The command's exit code; 1 where that is 0 and the profile could not be had.</returns>
    /// <exception cref="TargetProcessException">It cannot be run.</exception>
    /// <exception cref="Output.OutputException">The output cannot be written.</exception>
    public int Run(RecordRequest request)
    {
        // What cannot be written must be known before the command does anything; our own PID names the file until there is another.
        // The process is not disposed of: signals are passed on to it until we have ended.
        using var session = new RecordingSession(request, Environment.ProcessId, _messages);
        LaunchedProcess process = TargetProcess.Launch(new LaunchOptions(_command) { AdoptOrphans = request.Subprocesses });
        UntilExit.Keep(process.ForwardSignals(_ => CountSignal(session, process)));
        UntilExit.Keep(SnapshotSignal.Register(session.AskForSnapshot));
        bool written = Sample(process, session, request.Subprocesses);
        _signals.WaitForExit(process);
        if (process.ExitStatus is not { } ended)
        {
            _messages.Say($"pyflame record: {_command[0]} runs on.");
            return (int)ExitCode.Failure;
        }

        return ended.ShellCode == 0 && !written ? (int)ExitCode.Failure : ended.ShellCode;
    }

    private bool Sample(LaunchedProcess process, RecordingSession session, bool subprocesses)
    {
        try
        {
            if (subprocesses)
            {
                using ProcessTree tree = ProcessTree.Open(process);
                session.Sampler.Follow(tree);
                session.Run();
            }
            else
            {
                using TargetProcess target = TargetProcess.Attach(process.ProcessId);
                session.Sampler.Follow(target);
                session.Run();
            }

            if (session.Sampler.FoundPython)
            {
                return session.Finish();
            }
        }
        catch (TargetProcessException exception)
        {
            // It may have ended already, which is why nothing of it could be read.
            if (process.AwaitExitStatus() is null)
            {
                _messages.Say($"pyflame record: {exception.Message}");
                _messages.WhatToDo(exception);

                return false;
            }
        }

        string how = process.AwaitExitStatus() is { } status ? $"ended with {status} and was not seen to run Python" : "has not run Python so far";
        _messages.Say($"pyflame record: {_command[0]} {how}, so there is nothing to write.");
        if (subprocesses)
        {
            Subprocesses.SayFailures(session.Sampler, "pyflame record", _messages);
        }
        else
        {
            _messages.Say("If it starts Python in a process of its own, '--subprocesses' records that too.");
        }

        return false;
    }

    private void CountSignal(RecordingSession session, LaunchedProcess process)
    {
        if (_signals.Note())
        {
            session.Stop();
        }
        else
        {
            PassedSignals.CallAtExit(process, session.Stop);
        }
    }
}
