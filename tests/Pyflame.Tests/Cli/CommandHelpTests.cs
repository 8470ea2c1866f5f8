using System.CommandLine;
using Pyflame.Cli.Commands;

namespace Pyflame.Tests.Cli;

public sealed class CommandHelpTests
{
    public static TheoryData<string> CommandNames => [.. SubcommandLine.CreateAll().Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(CommandNames))]
    public void Help_tells_every_option_with_examples_in_80_columns(string name)
    {
        Subcommand command = Find(name);
        string help = HelpText.Of(command);

        Assert.StartsWith($"Usage: pyflame {name} ", help, StringComparison.Ordinal);
        Assert.All(command.Options, option => Assert.Contains(option.Name, help, StringComparison.Ordinal));
        Assert.All(command.Examples, example => Assert.Contains($"  {example}", help, StringComparison.Ordinal));
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Theory]
    [MemberData(nameof(CommandNames))]
    public void The_man_page_tells_every_option(string name)
    {
        string page = File.ReadAllText(Path.Combine(RepositoryFolder(), "docs", "pyflame.1")).Replace("\\-", "-", StringComparison.Ordinal);
        int start = page.IndexOf($".SS {name}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"There is no section about {name}.");
        int end = page.IndexOf("\n.S", start + 1, StringComparison.Ordinal);
        string section = page[start..end];

        Assert.All(
            Find(name).Options.SelectMany(option => option.Aliases.Prepend(option.Name)),
            option => Assert.Contains(option, section, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(CommandNames))]
    public void Completions_know_every_option_of_every_command(string name)
    {
        Subcommand command = Find(name);
        IReadOnlyList<Subcommand> all = SubcommandLine.CreateAll();
        string bash = CompletionScripts.Bash(all).Split('\n').SingleOrDefault(line => line.StartsWith($"      {name}) words=", StringComparison.Ordinal), "");
        string fish = CompletionScripts.Fish(all);
        string zsh = CompletionScripts.Zsh(all);

        foreach (Option option in command.Options)
        {
            Assert.Contains($"{option.Name} ", bash, StringComparison.Ordinal);
            Assert.Contains($"__fish_seen_subcommand_from {name}' -l {option.Name[2..]}", fish, StringComparison.Ordinal);
            Assert.Contains(option.Name, zsh, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_overview_has_every_command()
    {
        IReadOnlyList<Subcommand> all = SubcommandLine.CreateAll();
        string overview = HelpText.Overview(all);

        Assert.All(all, command => Assert.Contains($"  {command.Name} ", overview, StringComparison.Ordinal));
    }

    private static Subcommand Find(string name) => SubcommandLine.CreateAll().Single(command => command.Name == name);

    private static string RepositoryFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pyflame.slnx")))
        {
            folder = folder.Parent;
        }

        return folder!.FullName;
    }
}
