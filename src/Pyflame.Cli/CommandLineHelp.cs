namespace Pyflame.Cli;

/// <summary>What is shown besides the message about a wrong command line.</summary>
internal enum CommandLineHelp
{
    /// <summary>Nothing: the message says it all.</summary>
    None,

    /// <summary>After the message, where help is to be had.</summary>
    Pointer,

    /// <summary>Before the message, the whole usage: what was meant cannot be guessed.</summary>
    Usage,
}
