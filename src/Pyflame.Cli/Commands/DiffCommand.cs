using System.CommandLine;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Cli.Commands;

/// <summary>Compares two recorded profiles.</summary>
internal sealed class DiffCommand : Subcommand
{
    private const int DefaultLimit = 20;

    private readonly Argument<string> _before = new("A") { Description = "the profile to compare with, a .pyflame file" };
    private readonly Argument<string> _after = new("B") { Description = "the profile to compare, a .pyflame file" };
    private readonly Option<string?> _output = SharedOptions.Output(
        "instead of the table, write a differential flame graph (.svg) or collapsed stacks with both counts (.collapsed, .folded, .txt)");

    private readonly Option<int?> _limit = SharedOptions.Limit(DefaultLimit);
    private readonly Option<bool> _json = SharedOptions.Json();
    private readonly Option<bool> _force = SharedOptions.Flag("--force", null, "compare profiles of different modes all the same");

    public DiffCommand()
        : base("diff", "Show what changed from one recorded profile to another")
    {
        Arguments.Add(_before);
        Arguments.Add(_after);
        Options.Add(_output);
        Options.Add(_limit);
        Options.Add(_json);
        Options.Add(_force);
    }

    /// <inheritdoc/>
    public override string Synopsis => "[options] A B";

    /// <inheritdoc/>
    public override string Details =>
        """
        Shares of each profile's own samples are compared, so the two need not have
        taken the same time. What sampling alone explains is marked with ~ (a
        two-proportion test at 95 %). Files may have moved in between, and Python may
        be another one.
        """;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
        ["pyflame diff before.pyflame after.pyflame", "pyflame diff -o change.svg before.pyflame after.pyflame"];

    /// <inheritdoc/>
    public override int Run(ParseResult line, IReadOnlyList<string> command, UserMessages messages)
    {
        string beforePath = line.GetRequiredValue(_before);
        string afterPath = line.GetRequiredValue(_after);
        string? path = line.GetValue(_output);
        bool asPicture = path is not null && IsPicture(path);
        Profile before = ProfileFile.Read(beforePath, messages);
        Profile after = ProfileFile.Read(afterPath, messages);
        if (before.Circumstances.Mode != after.Circumstances.Mode && !line.GetValue(_force))
        {
            throw new FailureException(
                $"{beforePath} is of mode '{before.Circumstances.Mode}' and {afterPath} of mode '{after.Circumstances.Mode}', "
                + "so their times mean different things. '--force' compares them all the same.");
        }

        var difference = new ProfileDifference(ProfileRewriter.WithFilesWhere(before, after), after);
        int limit = line.GetValue(_limit) ?? DefaultLimit;
        if (path is not null)
        {
            using ProfileOutput output = ProfileOutput.Open(path);
            output.Write(stream =>
            {
                if (asPicture)
                {
                    DiffFlameGraph.Write(difference, $"{Path.GetFileName(beforePath)} (A) to {Path.GetFileName(afterPath)} (B)", stream);
                }
                else
                {
                    DiffWriter.WriteCollapsed(difference, stream);
                }
            });
        }
        else if (line.GetValue(_json))
        {
            JsonText.Print(stream => DiffWriter.WriteJson(difference, limit, stream));
        }
        else
        {
            TextOutput.Print(DiffWriter.Table(difference, limit));
        }

        return (int)ExitCode.Success;
    }

    private static bool IsPicture(string path) => path != "-" && FormatRegistry.FindByFileName(path) switch
    {
        FlameGraphWriter => true,
        CollapsedWriter => false,
        _ => throw new UsageException($"the ending of '{path}' does not tell the format: a difference is written as .svg or .collapsed."),
    };
}
