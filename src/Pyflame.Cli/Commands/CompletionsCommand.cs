using System.CommandLine;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Commands;

/// <summary>Prints a script that has a shell complete Pyflame's command lines.</summary>
internal sealed class CompletionsCommand : Subcommand
{
    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish" };

    public CompletionsCommand()
        : base("completions", "Print a script that completes pyflame's command lines in a shell")
    {
        Arguments.Add(_shell);
    }

    /// <inheritdoc/>
    public override string Synopsis => "SHELL";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
    [
        "pyflame completions bash > /etc/bash_completion.d/pyflame",
        "pyflame completions zsh > ~/.zfunc/_pyflame",
        "pyflame completions fish > ~/.config/fish/completions/pyflame.fish",
    ];

    /// <inheritdoc/>
    public override int Run(ParseResult line, IReadOnlyList<string> command, UserMessages messages)
    {
        string shell = line.GetRequiredValue(_shell);
        IReadOnlyList<Subcommand> commands = SubcommandLine.CreateAll();
        return (int)TextOutput.Print(shell switch
        {
            "bash" => CompletionScripts.Bash(commands),
            "zsh" => CompletionScripts.Zsh(commands),
            "fish" => CompletionScripts.Fish(commands),
            _ => throw new UsageException($"there are completions for bash, zsh and fish, not for '{shell}'."),
        });
    }
}
