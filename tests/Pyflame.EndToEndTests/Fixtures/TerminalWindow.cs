using System.Globalization;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>A terminal of its own with a shell in it: types, and reads the screen as a user sees it. tmux(1) plays the terminal.</summary>
public sealed class TerminalWindow : IDisposable
{
    private const string Prompt = "ready> ";

    private readonly string _name = $"pyflame-{Guid.NewGuid():N}";

    /// <summary>Opens it, and returns once the shell waits for a command.</summary>
    public TerminalWindow(int columns, int rows)
    {
        // A shell that ends takes the server along, so nothing is left even if the tests are killed.
        string size = string.Create(CultureInfo.InvariantCulture, $"-x {columns} -y {rows}");
        Assert.Equal(string.Empty, Tmux(
            ["-f", "/dev/null", "new-session", "-d", .. size.Split(' '), $"PS1='{Prompt}' exec timeout --foreground 600 sh"]));
        WaitFor(screen => screen.Contains(Prompt.Trim(), StringComparison.Ordinal));
    }

    /// <summary>Why there can be no window on this machine; null where there can.</summary>
    public static string? Missing =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(folder => File.Exists(Path.Combine(folder, "tmux")))
            ? null
            : "tmux is not installed.";

    /// <summary>The lines of the screen, without blanks at their ends.</summary>
    public string[] Screen => [.. Text.Split('\n').Select(line => line.TrimEnd())];

    /// <summary>Whether the cursor is seen.</summary>
    public bool HasCursor => Tmux(["display-message", "-p", "#{cursor_flag}"]).Trim() == "1";

    /// <summary>Whether a program has taken the alternate screen, which leaves the shell's as it was.</summary>
    public bool ShowsOtherScreen => Tmux(["display-message", "-p", "#{alternate_on}"]).Trim() == "1";

    private string Text => Tmux(["capture-pane", "-p"]);

    /// <summary>Types text as it is.</summary>
    public void Type(string text) => Tmux(["send-keys", "-l", text]);

    /// <summary>Presses keys by the names that tmux has for them, such as <c>Enter</c>, <c>Escape</c>, <c>C-c</c>.</summary>
    public void Press(params string[] keys) => Tmux(["send-keys", .. keys]);

    /// <summary>Runs a command line in the shell.</summary>
    public void Run(string command)
    {
        Type(command);
        Press("Enter");
    }

    /// <summary>Gives the window another size.</summary>
    public void Resize(int columns, int rows) => Tmux(
        ["resize-window", "-x", columns.ToString(CultureInfo.InvariantCulture), "-y", rows.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Returns the screen once it is as expected.</summary>
    public string WaitFor(Func<string, bool> expected)
    {
        string text = string.Empty;
        return SpinWait.SpinUntil(() => expected(text = Text), TestLimits.Step)
            ? text
            : throw new TimeoutException($"The terminal did not show what was expected but:\n{text}");
    }

    /// <summary>Returns the screen once it contains a text.</summary>
    public string WaitFor(string text) => WaitFor(screen => screen.Contains(text, StringComparison.Ordinal));

    /// <summary>Asserts that the shell has its terminal again: settings, screen and cursor.</summary>
    /// <param name="folder">Has the settings that <c>stty -g</c> told in a file <c>before</c>.</param>
    public void AssertIsAsBefore(TemporaryFolder folder)
    {
        // What is typed does not contain what is waited for.
        Run($"stty -g > {folder["after"]}; echo com''pared");
        WaitFor("compared");
        Assert.Equal(File.ReadAllText(folder["before"]), File.ReadAllText(folder["after"]));
        Assert.True(HasCursor);
        Assert.False(ShowsOtherScreen);
    }

    /// <inheritdoc/>
    public void Dispose() => CommandRunner.Run("tmux", ["-L", _name, "kill-server"], TestLimits.Step);

    private string Tmux(IEnumerable<string> arguments)
    {
        // UTF-8 whatever the locale of the tests is.
        CommandResult result = CommandRunner.Run("tmux", ["-u", "-L", _name, .. arguments], TestLimits.Step);
        Assert.Equal(string.Empty, result.Error);
        return result.Output;
    }
}
