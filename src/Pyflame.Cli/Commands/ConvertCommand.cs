using System.CommandLine;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Cli.Commands;

/// <summary>Writes a recorded profile in another format.</summary>
internal sealed class ConvertCommand : Subcommand
{
    private readonly Argument<string> _input = new("IN") { Description = "a profile that was recorded into a .pyflame file; - for standard input" };
    private readonly Argument<string> _output = new("OUT") { Description = "where to write; - for standard output, which needs --format" };
    private readonly Option<string?> _format = SharedOptions.Format();
    private readonly Option<bool> _waitFrames = SharedOptions.WaitFrames();
    private readonly FilterOptions _filter;
    private readonly ViewOptions _view;

    public ConvertCommand()
        : base("convert", "Write a recorded profile in another format")
    {
        Arguments.Add(_input);
        Arguments.Add(_output);
        Options.Add(_format);
        _view = new ViewOptions(this);
        _filter = new FilterOptions(this);
        Options.Add(_waitFrames);
    }

    /// <inheritdoc/>
    public override string Synopsis => "[options] IN OUT";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
    [
        "pyflame convert day.pyflame day.svg",
        "pyflame convert day.pyflame day.speedscope.json",
        "pyflame convert -f collapsed day.pyflame - | flamegraph.pl > day.svg",
    ];

    /// <inheritdoc/>
    public override int Run(ParseResult line, IReadOnlyList<string> command, UserMessages messages)
    {
        string path = line.GetRequiredValue(_output);
        IProfileWriter writer = OutputFormat.Choose(line.GetValue(_format), path);
        Profile profile = _filter.Apply(line, ProfileFile.Read(line.GetRequiredValue(_input), messages));
        profile = line.GetValue(_waitFrames) ? WaitFrames.AddTo(profile) : profile;

        // Sources are those of this machine, which may not be the one that was recorded on: the page notices other ones.
        ProfileView view = _view.Read(line) with { OpenSource = ProfileView.OpenLocalSource };
        using ProfileOutput output = ProfileOutput.Open(path);
        output.Write(stream => view.Write(profile, writer, stream));
        return (int)ExitCode.Success;
    }
}
