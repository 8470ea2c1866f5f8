using System.CommandLine;

namespace Pyflame.Cli.Commands;

/// <summary>The options about how a profile's frames are shown.</summary>
internal sealed class ViewOptions
{
    private readonly Option<bool> _threads = SharedOptions.Flag("--threads", "-t", "put a frame for its thread under each stack");
    private readonly Option<bool> _function = SharedOptions.Flag("--function", "-F", "show where each function begins, not the line that ran");
    private readonly Option<bool> _noLine = SharedOptions.Flag("--nolineno", null, "show no line numbers");
    private readonly Option<bool> _fullNames = SharedOptions.Flag(
        "--full-filenames", null, "whole paths in collapsed stacks, not only the part from the package on");

    /// <summary>Adds them to a command.</summary>
    public ViewOptions(Command command)
    {
        command.Options.Add(_threads);
        command.Options.Add(_function);
        command.Options.Add(_noLine);
        command.Options.Add(_fullNames);
    }

    /// <summary>How a command line wants a profile to be shown.</summary>
    public ProfileView Read(ParseResult line) => new(line.GetValue(_threads), line.GetValue(_function), !line.GetValue(_noLine), line.GetValue(_fullNames));
}
