using System.CommandLine;
using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Commands;

/// <summary>A command of its own name, <c>pyflame NAME …</c>, with its options, its help and what it does.</summary>
internal abstract class Subcommand : Command
{
    protected Subcommand(string name, string description)
        : base(name, description)
    {
    }

    /// <summary>What follows the command's name in the help's first line.</summary>
    public abstract string Synopsis { get; }

    /// <summary>What needs more words than one line, shown below the description; may be empty.</summary>
    public virtual string Details => string.Empty;

    /// <summary>Whole command lines that users may copy.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Whether all that follows <c>--</c> is a command to run.</summary>
    public virtual bool TakesCommand => false;

    /// <summary>Does what the command line says.</summary>
    /// <param name="line">The command line, which makes sense to the parser.</param>
    /// <param name="command">What follows <c>--</c>; empty where nothing does.</param>
    /// <param name="messages">Where to say things.</param>
    /// <returns>The exit code of the process.</returns>
    /// <exception cref="UsageException">The words make no sense together.</exception>
    /// <exception cref="FailureException">It cannot be done.</exception>
    public abstract int Run(ParseResult line, IReadOnlyList<string> command, UserMessages messages);
}
