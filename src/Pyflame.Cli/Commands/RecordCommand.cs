using System.CommandLine;
using Pyflame.Cli.Terminal;
using Pyflame.Processes;
using Pyflame.Profiles.Export;
using Pyflame.Python.Values;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>Records a profile of a running process, or of a command that it runs.</summary>
internal sealed class RecordCommand : Subcommand
{
    private const double DefaultHertz = 100;

    private readonly Option<int?> _processId = SharedOptions.ProcessId();
    private readonly Option<string?> _output = SharedOptions.Output(
        "where to write, - for standard output; python-PID-TIME and the format's ending in this folder, if left out");

    private readonly Option<string?> _format = SharedOptions.Format();

    private readonly Option<TimeSpan?> _duration = new("--duration", "-d")
    {
        Description = "for how long, in seconds or such as 5m, after which a command runs on; until the process ends or Ctrl-C, if left out or 'unlimited'",
        HelpName = "TIME",
        CustomParser = result => result.Tokens[^1].Value == "unlimited"
            ? null
            : SharedOptions.Parse<TimeSpan>(result, OptionValues.ParseTime, "is not a time: give seconds, or such as 500ms, 5m, 2h, or unlimited."),
    };

    private readonly Option<double?> _rate = new("--rate", "-r")
    {
        Description = "samples of each thread a second, such as 20, 250hz or 1khz (default 100)",
        HelpName = "RATE",
        CustomParser = result => SharedOptions.Parse<double>(
            result, OptionValues.ParseRate, "is not a rate: give samples a second, up to 100000, such as 100, 250hz or 1khz."),
    };

    private readonly Option<bool> _subprocesses = SharedOptions.Subprocesses();
    private readonly Option<bool> _tasks = SharedOptions.Flag(
        "--tasks", null, "put the running task of asyncio under each stack, in place of its event loop");

    private readonly Option<bool> _nonblocking = SharedOptions.Nonblocking();
    private readonly Option<bool> _blocking = SharedOptions.Blocking();
    private readonly Option<bool> _jitter = SharedOptions.Flag(
        "--jitter", null, "move each sample by a random part of the interval, so that work in step with it cannot hide");

    private readonly Option<TimeSpan?> _rotate = new("--rotate")
    {
        Description = "begin a new file each TIME: NAME-0001, NAME-0002 and so on",
        HelpName = "TIME",
        CustomParser = result => SharedOptions.Parse<TimeSpan>(
            result,
            text => OptionValues.ParseTime(text) is { TotalSeconds: >= 1 } time ? time : null,
            "is not a time of a second or more: give seconds, or such as 60s, 5m, 1h."),
    };

    private readonly Option<int?> _keep = new("--keep")
    {
        Description = "with --rotate, keep only the last COUNT files",
        HelpName = "COUNT",
        CustomParser = result => SharedOptions.Parse<int>(
            result, OptionValues.ParsePositive, "is not a number of files, which is a whole number above 0."),
    };

    private readonly ViewOptions _view;
    private readonly SamplingOptions _sampling;
    private readonly FilterOptions _filter;
    private readonly Option<TagExpression[]?> _tag = new("--tag")
    {
        Description = "label stacks with a value: NAME=FUNCTION:LOCAL with .attribute or [key], such as path=handle:request.path; several times for several",
        HelpName = "EXPR",
        AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var tags = new List<TagExpression>();
            foreach (string text in result.Tokens.Select(token => token.Value))
            {
                if (TagExpression.TryParse(text, out TagExpression? tag))
                {
                    tags.Add(tag);
                }
                else
                {
                    result.AddError($"'{text}' is no tag, which is NAME=FUNCTION:LOCAL and perhaps .attribute or [key].");
                }
            }

            return [.. tags];
        },
    };


    public RecordCommand()
        : base("record", "Record a profile of a running process, or of a command while it runs")
    {
        Options.Add(_processId);
        Options.Add(_output);
        Options.Add(_format);
        Options.Add(_duration);
        Options.Add(_rate);
        _view = new ViewOptions(this);
        Options.Add(_subprocesses);
        _sampling = new SamplingOptions(this);
        _filter = new FilterOptions(this);
        Options.Add(_tasks);
        Options.Add(_tag);
        Options.Add(_nonblocking);
        Options.Add(_blocking);
        Options.Add(_jitter);
        Options.Add(_rotate);
        Options.Add(_keep);
    }

    /// <inheritdoc/>
    public override string Synopsis => "[options] [--pid PID | -- COMMAND ARG...]";

    /// <inheritdoc/>
    public override string Details =>
        """
        Every thread that does not wait is sampled, be it in Python or in C. The
        command's streams, signals and exit code are its own. SIGUSR1 writes what
        there is so far; Ctrl-C ends the recording and writes it.
        """;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
    [
        "pyflame record -o profile.svg --pid 4711 --duration 30",
        "pyflame record -o profile.svg -- python3 app.py --its-option",
        "pyflame record --subprocesses -o profile.html -- gunicorn app:app",
        "pyflame record -o day.pyflame --rate 20 --rotate 1h --keep 24 --pid 4711",
        "pyflame record -o - -f collapsed -d 5 -p 4711 | flamegraph.pl > profile.svg",
    ];

    /// <inheritdoc/>
    public override bool TakesCommand => true;

    /// <inheritdoc/>
    public override int Run(ParseResult line, IReadOnlyList<string> command, UserMessages messages)
    {
        RecordRequest request = Read(line);
        return ProcessOrCommand.Run(
            line.GetValue(_processId),
            command,
            messages,
            () => new RecordedCommand(command, messages).Run(request),
            processId => Attach(request, processId, messages));
    }

    private static int Attach(RecordRequest request, int processId, UserMessages messages)
    {
        using TargetProcess target = TargetProcess.Attach(processId);
        using ProcessTree? tree = request.Subprocesses ? ProcessTree.Open(target.ProcessId) : null;
        using var session = new RecordingSession(request, processId, messages);
        Subprocesses.Begin(session.Sampler, target, tree, "pyflame record", messages);
        SamplingOptions.CheckGil(request.Mode, session.Sampler);
        UntilExit.Keep(new StopSignals(session.Stop));
        UntilExit.Keep(SnapshotSignal.Register(session.AskForSnapshot));
        using (new ProgressLine(() => session.Progress))
        {
            session.Run();
        }

        return (int)(session.Finish() ? ExitCode.Success : ExitCode.Failure);
    }

    private RecordRequest Read(ParseResult line)
    {
        string? output = line.GetValue(_output);
        string mode = _sampling.Mode(line);
        TimeSpan? rotation = line.GetValue(_rotate);
        if (rotation is not null && output == "-")
        {
            throw new UsageException("'--rotate' writes files, and standard output is one stream. Name a file with '--output'.");
        }

        if (line.GetValue(_keep) is not null && rotation is null)
        {
            throw new UsageException("'--keep' is about the files of '--rotate'.");
        }

        return new RecordRequest
        {
            Sampling = new RecordingOptions
            {
                Interval = TimeSpan.FromSeconds(1 / (line.GetValue(_rate) ?? DefaultHertz)),
                Duration = line.GetValue(_duration),
                Mode = SharedOptions.Mode(line, _nonblocking, _blocking),
                Threads = SamplingOptions.Threads(mode),
                ExcludeIdle = mode != "wall",
                ReadStates = true,
                ReadNames = true,
                QualifyNames = true,
                Greenlets = true,
                Tasks = line.GetValue(_tasks),
                Tags = line.GetValue(_tag) ?? [],
                Jitter = line.GetValue(_jitter),
            },
            Subprocesses = line.GetValue(_subprocesses),
            Mode = mode,
            Filter = _filter.Read(line),
            WaitFrames = _sampling.WaitFrames(line),
            Writer = ChooseFormat(line.GetValue(_format), output),
            View = _view.Read(line),
            OutputPath = output,
            Rotation = rotation,
            Keep = line.GetValue(_keep),
        };
    }

    private static IProfileWriter ChooseFormat(string? name, string? output)
    {
        const string Default = "flamegraph";
        return name is null && output is null or "-"
            ? FormatRegistry.Resolve(Default, null)
            : OutputFormat.Choose(name, output ?? string.Empty);
    }
}
