using Pyflame.Cli.Commands;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;
using Pyflame.Processes;

namespace Pyflame.Cli.Top;

/// <summary>Runs a command, shows what it does from its first Python instruction on, and ends as it does.</summary>
internal sealed class TopLaunchedCommand
{
    private const int Interrupt = 2; // SIGINT (signal(7))

    private readonly IReadOnlyList<string> _command;
    private readonly UserMessages _messages;
    private readonly PassedSignals _signals = new();

    public TopLaunchedCommand(IReadOnlyList<string> command, UserMessages messages)
    {
        _command = command;
        _messages = messages;
    }

    /// <summary>Runs it.</summary>
    /// <returns>The command's exit code.</returns>
    /// <exception cref="TargetProcessException">It cannot be run.</exception>
    public int Run(TopRequest request)
    {
        using RawTerminal? terminal = TopTerminal.TryOpen(request);
        using CommandOutput? output = terminal is null ? null : new CommandOutput();
        using LaunchedProcess process = TargetProcess.Launch(new LaunchOptions(_command) { Output = output?.Handle, AdoptOrphans = request.Subprocesses });
        output?.Begin();
        using var session = new TopSession(request);
        using IDisposable forwarding = process.ForwardSignals(_ => CountSignal(session, request.Subprocesses ? process : null));
        bool isPython = TryShow(process, session, terminal, request.Subprocesses);
        terminal?.Dispose();
        Subprocesses.SayFailures(session.Sampler, "pyflame top", _messages);
        if (session.WasClosed && !_signals.HaveCome)
        {
            process.TrySendSignal(Interrupt);
        }

        _signals.WaitForExit(process);

        if (output is not null)
        {
            WriteOutput(output.End());
        }

        if (process.ExitStatus is not { } ended)
        {
            _messages.Say($"pyflame top: {_command[0]} runs on.");
            return (int)ExitCode.Failure;
        }

        if (!isPython && !session.WasClosed)
        {
            _messages.Say($"pyflame top: {_command[0]} ended with {ended} and was not seen to run Python, so there was nothing to show.");
            if (!request.Subprocesses)
            {
                _messages.Say("If it starts Python in a process of its own, '--subprocesses' shows that too.");
            }
        }

        return ended.ShellCode == 0 && !isPython ? (int)ExitCode.Failure : ended.ShellCode;
    }

    private static void WriteOutput(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            using ProfileOutput output = StandardOutput.Open(isOnlyPlace: true);
            output.Write(stream => stream.Write(bytes));
        }
    }

    private bool TryShow(LaunchedProcess process, TopSession session, RawTerminal? terminal, bool subprocesses)
    {
        try
        {
            string command = string.Join(' ', _command);
            if (subprocesses)
            {
                using ProcessTree tree = ProcessTree.Open(process);
                session.Sampler.Follow(tree);
                session.Run(process.ProcessId, command, terminal, () => DescribeEnd(process));
            }
            else
            {
                using TargetProcess target = TargetProcess.Attach(process.ProcessId);
                session.Sampler.Follow(target);
                session.Run(process.ProcessId, command, terminal, () => DescribeEnd(process));
            }

            return session.Sampler.FoundPython;
        }
        catch (TargetProcessException exception)
        {
            // It may have ended already, which is why nothing of it could be read.
            if (process.AwaitExitStatus() is null)
            {
                terminal?.Dispose();
                _messages.Say($"pyflame top: {exception.Message}");
                _messages.WhatToDo(exception);
            }

            return false;
        }
    }

    private static string DescribeEnd(LaunchedProcess process) =>
        process.AwaitExitStatus() is { } status
            ? $"The command has ended with {status}."
            : "The command has ended.";

    private void CountSignal(TopSession session, LaunchedProcess? process)
    {
        // The first is passed on and the picture stays until the command heeds it.
        if (_signals.Note())
        {
            session.Close();
        }

        session.CloseAtEnd();
        if (process is not null)
        {
            PassedSignals.CallAtExit(process, session.Close);
        }
    }
}
