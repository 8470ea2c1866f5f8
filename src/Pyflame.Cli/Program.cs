using Pyflame.Cli.Commands;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;

namespace Pyflame.Cli;

internal static class Program
{
    public static int Main(string[] arguments)
    {
        StandardStreams.FillClosed();
        var messages = new UserMessages();
        try
        {
            return Run(arguments, messages);
        }
        catch (BrokenPipeException)
        {
            return (int)ExitCode.BrokenPipe;
        }
        catch (CommandLineException exception)
        {
            messages.WrongCommandLine(exception);
            return (int)ExitCode.Failure;
        }
        catch (OutputException exception)
        {
            messages.Say(exception.Message);
            return (int)ExitCode.Failure;
        }
        catch (Exception exception)
        {
            messages.Bug(exception);
            return (int)ExitCode.InternalError;
        }
    }

    private static int Run(string[] arguments, UserMessages messages) => arguments switch
    {
        // A link of that name is how users of 1.6 know the converter.
        _ when Path.GetFileName(Environment.GetCommandLineArgs()[0]) == FlameChartJsonCommand.Name =>
            (int)new FlameChartJsonCommand(messages).Run(arguments),
        [FlameChartJsonCommand.Name, .. var rest] => (int)new FlameChartJsonCommand(messages).Run(rest),
        _ => SubcommandLine.TryRun(arguments, messages) ?? (int)new ClassicCommand(messages).Run(arguments),
    };
}
