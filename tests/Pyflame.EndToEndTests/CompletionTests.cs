using System.Globalization;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>The completions, in the shells that they are for.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string FolderOfBinary => Path.GetDirectoryName(PyflameBinary.Location)!;

    private static void NeedShell(string shell) => Assert.SkipUnless(
        File.Exists($"/usr/bin/{shell}") || File.Exists($"/bin/{shell}"), $"{shell} is not installed; run scripts/consumers.sh");

    private string Script(string shell, string name)
    {
        CommandResult result = PyflameBinary.Run("completions", shell);
        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        File.WriteAllText(_folder[name], result.Output);
        return _folder[name];
    }

    [Theory]
    [InlineData("pyflame rec", "record")]
    [InlineData("pyflame record --ro", "--rotate")]
    [InlineData("pyflame convert -f spe", "speedscope")]
    [InlineData("pyflame completions f", "fish")]
    [InlineData("pyflame record -o x.svg -- mkfif", "mkfifo")]
    public void Bash_completes(string line, string completion)
    {
        string[] words = line.Split(' ');
        string list = string.Join(' ', words.Select(word => $"'{word}'"));
        CommandResult result = CommandRunner.Run(
            "bash",
            ["-c", $"""source "$0"; COMP_WORDS=({list}); COMP_CWORD={words.Length - 1}; _pyflame; echo "$COMPREPLY" """, Script("bash", "pyflame.bash")],
            TestLimits.Step);

        Assert.Equal((completion + "\n", string.Empty), (result.Output, result.Error));
    }

    [Theory]
    [InlineData("pyflame rec", "pyflame record")]
    [InlineData("pyflame record --ro", "pyflame record --rotate=")]
    [InlineData("pyflame convert -f spe", "pyflame convert -f speedscope")]
    [InlineData("pyflame completions f", "pyflame completions fish")]
    [InlineData("pyflame record -o x.svg -- mkfif", "pyflame record -o x.svg -- mkfifo")]
    public void Zsh_completes(string typed, string completed)
    {
        NeedShell("zsh");
        Assert.SkipWhen(TerminalWindow.Missing is not null, TerminalWindow.Missing ?? string.Empty);
        Script("zsh", "_pyflame");
        File.WriteAllText(_folder[".zshrc"], $"PS1='zsh> '; PATH='{FolderOfBinary}':$PATH; fpath=('{_folder[string.Empty]}' $fpath); autoload -U compinit; compinit -u -D; echo lo''aded\n");
        using var window = new TerminalWindow(120, 24);
        window.Run($"ZDOTDIR='{_folder[string.Empty]}' exec zsh -d -i");
        window.WaitFor("loaded");
        window.WaitFor("zsh>");
        window.Type(typed);
        window.Press("Tab");

        window.WaitFor(screen => screen.Split('\n').Any(line => line.TrimEnd() == "zsh> " + completed));
    }

    [Theory]
    [InlineData("pyflame rec", "record")]
    [InlineData("pyflame record --ro", "--rotate")]
    [InlineData("pyflame convert -f spe", "speedscope")]
    [InlineData("pyflame completions f", "fish")]
    public void Fish_completes(string line, string completion)
    {
        NeedShell("fish");
        CommandResult result = CommandRunner.Run(
            "fish", ["--no-config", "-c", $"source {Script("fish", "pyflame.fish")}; complete -C '{line}'"], TestLimits.Step);

        Assert.Equal(completion, Assert.Single(result.Output.TrimEnd('\n').Split('\n')).Split('\t')[0]);
        Assert.Equal(string.Empty, result.Error);
    }

    [Theory]
    [InlineData("bash", """source "$0"; COMP_WORDS=(pyflame dump -p ''); COMP_CWORD=3; _pyflame; printf '%s\n' "${COMPREPLY[@]}" """)]
    [InlineData("fish", """source $argv[1]; complete -C 'pyflame dump -p '""")]
    public void Processes_are_completed(string shell, string script)
    {
        NeedShell(shell);
        using TargetProgram target = TargetProgram.Start(InterpreterCatalog.All[^1], "busy.py", "12");
        string[] options = shell == "fish" ? ["--no-config"] : [];
        CommandResult result = CommandRunner.Run(
            "env", [$"PATH={FolderOfBinary}:{Environment.GetEnvironmentVariable("PATH")}", shell, .. options, "-c", script, Script(shell, "script")], TestLimits.Step);

        Assert.Contains(target.ProcessId.ToString(CultureInfo.InvariantCulture), result.Output.Split('\n').Select(line => line.Split('\t')[0]));
        Assert.Equal(string.Empty, result.Error);
        Assert.Equal(0, target.End());
    }
}
