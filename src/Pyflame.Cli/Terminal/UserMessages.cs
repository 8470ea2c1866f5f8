using System.Globalization;
using Pyflame.Cli.Commands;
using Pyflame.Processes;

namespace Pyflame.Cli.Terminal;

/// <summary>What is said on standard error: never a stack trace, always what to do where there is something to do.</summary>
internal sealed class UserMessages
{
    private readonly TextWriter? _writer;

    /// <summary>Makes a place to say things.</summary>
    /// <param name="writer">Where to; null for standard error, which is opened only once there is something to say.</param>
    public UserMessages(TextWriter? writer = null) => _writer = writer;

    /// <summary>Says one thing.</summary>
    public void Say(string message)
    {
        try
        {
            (_writer ?? StandardError.Writer).WriteLine(SafeText.Lines(message));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // There is no better place to say that this one is full.
        }
    }

    /// <summary>Says what is wrong with the command line.</summary>
    public void WrongCommandLine(CommandLineException exception)
    {
        if (exception.Help == CommandLineHelp.Usage)
        {
            Say(ClassicHelp.Usage);
        }

        Say(exception.Message);
        if (exception.Help == CommandLineHelp.Pointer)
        {
            Say(ClassicHelp.Pointer);
        }
    }

    /// <summary>Says why a target cannot be sampled, in words that begin as those of classic Pyflame, and what to do about it.</summary>
    /// <param name="processId">The target.</param>
    /// <param name="exception">Why.</param>
    public void TargetFailure(int processId, TargetProcessException exception)
    {
        string headline = exception.Failure switch
        {
            Processes.TargetFailure.NotPython or Processes.TargetFailure.UnsupportedVersion => "Failed to locate libpython",

            // 127 is what shells and posix_spawn(3) give for a program that cannot be run.
            Processes.TargetFailure.LaunchFailed => "Child process exited with status 127",
            _ => string.Create(CultureInfo.InvariantCulture, $"Failed to seize PID {processId}"),
        };
        Say($"{headline}: {exception.Message}");
        WhatToDo(exception);
    }

    /// <summary>Says what to do about a target that cannot be looked at; nothing where there is nothing to do.</summary>
    public void WhatToDo(TargetProcessException exception)
    {
        if (exception.Remedy is not null)
        {
            Say(exception.Remedy);
        }

        if (exception.RefusedProcessId != 0)
        {
            Say(string.Create(CultureInfo.InvariantCulture, $"To see all that was checked: pyflame doctor {exception.RefusedProcessId}"));
        }
    }

    /// <summary>Says that Pyflame itself is at fault.</summary>
    public void Bug(Exception exception)
    {
        string where = exception.StackTrace?.Split('\n')[0].Trim() ?? "at an unknown place";
        Say(
            $"pyflame: a bug of its own: {exception.GetType().Name}: {exception.Message} ({where}). "
            + "Please report this line, the command and the output of 'pyflame -v'.");
    }
}
