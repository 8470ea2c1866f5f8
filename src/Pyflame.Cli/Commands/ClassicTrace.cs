using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;
using Pyflame.Processes;

namespace Pyflame.Cli.Commands;

/// <summary>Runs a command and samples it from its first Python instruction until it ends.</summary>
internal sealed class ClassicTrace
{
    private readonly ClassicOptions _options;
    private readonly UserMessages _messages;
    private readonly PassedSignals _signals = new();

    public ClassicTrace(ClassicOptions options, UserMessages messages)
    {
        _options = options;
        _messages = messages;
    }

    /// <summary>Runs the command.</summary>
    /// <exception cref="TargetProcessException">It cannot be run.</exception>
    public ExitCode Run(ProfileOutput output)
    {
        using var recording = new ClassicRecording(_options);

        // Not disposed of: signals are passed on to it until we have ended.
        LaunchedProcess command = TargetProcess.Launch(new LaunchOptions(_options.Command));
        UntilExit.Keep(command.ForwardSignals(_ => CountSignal(recording)));
        try
        {
            using TargetProcess target = TargetProcess.Attach(command.ProcessId);
            recording.Sampler.Follow(target);
            recording.Run();
        }
        catch (TargetProcessException exception)
        {
            // The command may have ended already, which is why nothing of it could be read.
            if (command.AwaitExitStatus() is null)
            {
                // It has our streams, so we stay until it ends.
                _messages.TargetFailure(command.ProcessId, exception);
                command.TryWaitForExit(Timeout.InfiniteTimeSpan, out _);
                return ExitCode.Failure;
            }
        }

        if (!recording.Sampler.FoundPython)
        {
            return NeverPython(command);
        }

        recording.Finish(output, _messages);
        if (command.ExitStatus is { IsSuccess: false } status)
        {
            _messages.Say($"pyflame: {_options.Command[0]} ended with {status}.");
        }

        return ExitCode.Success;
    }

    private void CountSignal(ClassicRecording recording)
    {
        if (_signals.Note())
        {
            recording.Stop();
        }
    }

    private ExitCode NeverPython(LaunchedProcess command)
    {
        string how = command.AwaitExitStatus() is { } status ? $"ended with {status} and was not seen to run Python" : "has not run Python so far";
        _messages.Say($"Failed to locate libpython: {_options.Command[0]} {how}.");
        _messages.Say("If it starts Python in a process of its own, trace that command, or attach to that process with -p.");
        return ExitCode.Failure;
    }
}
