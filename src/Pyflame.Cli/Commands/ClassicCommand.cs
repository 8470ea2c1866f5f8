using System.Globalization;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>Pyflame as users of version 1.6 know it: the command line without a subcommand.</summary>
internal sealed class ClassicCommand
{
    private readonly UserMessages _messages;

    public ClassicCommand(UserMessages messages) => _messages = messages;

    /// <summary>Does what the words ask for.</summary>
    public ExitCode Run(IReadOnlyList<string> words)
    {
        ClassicOptions options = ClassicOptionsParser.Parse(words);
        switch (options.Action)
        {
            case ClassicAction.Help:
                return TextOutput.Print(ClassicHelp.Usage);
            case ClassicAction.Version:
                return TextOutput.Print(ProgramVersion.Line);
            case ClassicAction.Trace when OwnProgram.IsMeantBy(options.Command[0]):
                _messages.Say("You tried to pyflame a pyflame: it cannot sample itself, as it is not Python.");
                return ExitCode.Failure;
        }

        if (options.IsBareProcessId)
        {
            _messages.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"WARNING: a PID without -p is the old way, which may go away; write: pyflame -p {options.ProcessId}"));
        }

        using ProfileOutput output = ProfileOutput.Open(options.OutputPath);
        try
        {
            return options.Action switch
            {
                ClassicAction.Dump => Dump(options, output),
                ClassicAction.Trace => new ClassicTrace(options, _messages).Run(output),
                _ => Attach(options, output),
            };
        }
        catch (TargetProcessException exception)
        {
            _messages.TargetFailure(options.ProcessId, exception);
            return ExitCode.Failure;
        }
    }

    private static ExitCode Dump(ClassicOptions options, ProfileOutput output)
    {
        using TargetProcess target = TargetProcess.Attach(options.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target, options.ForcedVersion);
        IReadOnlyList<ThreadDump> threads = ThreadDumper.Dump(target, runtime, SamplingMode.Auto);
        output.Write(stream => ClassicDumpWriter.Write(threads, stream, options.LineNumbers));
        return ExitCode.Success;
    }

    private ExitCode Attach(ClassicOptions options, ProfileOutput output)
    {
        using TargetProcess target = TargetProcess.Attach(options.ProcessId);
        using var recording = new ClassicRecording(options);
        recording.Sampler.Attach(target);
        UntilExit.Keep(new StopSignals(recording.Stop));
        recording.Run();
        recording.Finish(output, _messages);
        return ExitCode.Success;
    }
}
