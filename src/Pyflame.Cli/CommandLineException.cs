namespace Pyflame.Cli;

/// <summary>The words of the command line make no sense; the message says which and why.</summary>
internal sealed class CommandLineException : Exception
{
    public CommandLineException(string message, CommandLineHelp help = CommandLineHelp.Pointer)
        : base(message) => Help = help;

    /// <summary>What is shown besides the message.</summary>
    public CommandLineHelp Help { get; }
}
