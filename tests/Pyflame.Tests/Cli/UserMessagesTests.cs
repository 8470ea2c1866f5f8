using Pyflame.Cli;
using Pyflame.Cli.Commands;
using Pyflame.Cli.Terminal;
using Pyflame.Processes;

namespace Pyflame.Tests.Cli;

public sealed class UserMessagesTests : IDisposable
{
    private readonly StringWriter _text = new() { NewLine = "\n" };
    private readonly UserMessages _messages;

    public UserMessagesTests() => _messages = new UserMessages(_text);

    public void Dispose() => _text.Dispose();

    [Fact]
    public void The_usage_stands_before_a_message_when_all_is_wrong()
    {
        _messages.WrongCommandLine(new CommandLineException("Say what.", CommandLineHelp.Usage));
        Assert.Equal(ClassicHelp.Usage + "\nSay what.\n", _text.ToString());
        Assert.StartsWith("Usage: pyflame ", _text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_option_points_to_the_help()
    {
        _messages.WrongCommandLine(new CommandLineException("There is no option -q."));
        Assert.Equal("There is no option -q.\nTry 'pyflame --help' for every option.\n", _text.ToString());
    }

    [Fact]
    public void A_message_that_says_it_all_stands_alone()
    {
        _messages.WrongCommandLine(new CommandLineException("No.", CommandLineHelp.None));
        Assert.Equal("No.\n", _text.ToString());
    }

    [Theory]
    [InlineData(TargetFailure.NotFound, "Failed to seize PID 5: ")]
    [InlineData(TargetFailure.PermissionDenied, "Failed to seize PID 5: ")]
    [InlineData(TargetFailure.Other, "Failed to seize PID 5: ")]
    [InlineData(TargetFailure.NotPython, "Failed to locate libpython: ")]
    [InlineData(TargetFailure.UnsupportedVersion, "Failed to locate libpython: ")]
    [InlineData(TargetFailure.LaunchFailed, "Child process exited with status 127: ")]
    public void A_target_failure_has_its_headline_its_reason_and_its_remedy(TargetFailure failure, string headline)
    {
        _messages.TargetFailure(5, new TargetProcessException(failure, "Why not.", "What to do."));
        _messages.TargetFailure(5, new TargetProcessException(failure, "Why not."));
        Assert.Equal($"{headline}Why not.\nWhat to do.\n{headline}Why not.\n", _text.ToString());
    }

    [Fact]
    public void Control_characters_of_a_target_give_no_orders_to_the_terminal()
    {
        _messages.Say("a\u001b]0;title\u0007b\rc\u009bd\ne");
        Assert.Equal("a ]0;title b c d\ne\n", _text.ToString());
    }

    [Fact]
    public void A_bug_is_one_line_that_says_what_to_do_with_it()
    {
        Exception bug = Record.Exception(() => ((object?)null)!.ToString())!;
        _messages.Bug(bug);
        string line = Assert.Single(_text.ToString().TrimEnd('\n').Split('\n'));
        Assert.StartsWith("pyflame: a bug of its own: NullReferenceException: ", line, StringComparison.Ordinal);
        Assert.EndsWith(
            "Please report this line, the command and the output of 'pyflame -v'.", line, StringComparison.Ordinal);
    }
}
