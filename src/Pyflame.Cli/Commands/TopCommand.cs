using System.CommandLine;
using Pyflame.Cli.Terminal;
using Pyflame.Cli.Top;
using Pyflame.Processes;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>Shows live what a process does.</summary>
internal sealed class TopCommand : Subcommand
{
    private const double DefaultHertz = 100;
    private const int DefaultRows = 20;

    private readonly Option<int?> _processId = SharedOptions.ProcessId();

    private readonly Option<double?> _rate = new("--rate", "-r")
    {
        Description = "samples of each thread a second, such as 20, 250hz or 1khz (default 100)",
        HelpName = "RATE",
        CustomParser = result => SharedOptions.Parse<double>(
            result, OptionValues.ParseRate, "is not a rate: give samples a second, up to 100000, such as 100, 250hz or 1khz."),
    };

    private readonly Option<TimeSpan?> _delay = new("--delay", "-d", "--interval")
    {
        Description = "time between two pictures, in seconds or such as 200ms (default 0.5; without a terminal 1)",
        HelpName = "TIME",
        CustomParser = result => SharedOptions.Parse<TimeSpan>(
            result,
            text => OptionValues.ParseTime(text) is { TotalMilliseconds: >= 50 } time ? time : null,
            "is not a time of 50 ms or more: give seconds, or such as 200ms."),
    };

    private readonly Option<TimeSpan?> _duration = new("--duration")
    {
        Description = "end after so long; with the process or by q or Ctrl-C, if left out",
        HelpName = "TIME",
        CustomParser = result => SharedOptions.Parse<TimeSpan>(
            result, OptionValues.ParseTime, "is not a time: give seconds, or such as 500ms, 5m, 2h."),
    };

    private readonly Option<bool> _once = SharedOptions.Flag("--once", null, "print one picture in plain text, of --duration or one second");
    private readonly SamplingOptions _sampling;
    private readonly FilterOptions _filter;
    private readonly Option<bool> _subprocesses = SharedOptions.Subprocesses();
    private readonly Option<bool> _threads = SharedOptions.Flag("--threads", "-t", "a row for each function of each thread");
    private readonly Option<bool> _function = SharedOptions.Flag("--function", "-F", "a row for each function, which is so anyway");
    private readonly Option<bool> _lines = SharedOptions.Flag("--lines", null, "a row for each line");
    private readonly Option<bool> _noLine = SharedOptions.Flag("--nolineno", "-n", "show no line numbers");
    private readonly Option<bool> _nonblocking = SharedOptions.Nonblocking();
    private readonly Option<bool> _blocking = SharedOptions.Blocking();

    private readonly Option<int?> _rows = new("--rows")
    {
        Description = "rows of a picture in plain text (default 20)",
        HelpName = "COUNT",
        CustomParser = result => SharedOptions.Parse<int>(
            result, OptionValues.ParsePositive, "is not a number of rows, which is a whole number above 0."),
    };

    public TopCommand()
        : base("top", "Show live where a process, or a command while it runs, spends its time")
    {
        Options.Add(_processId);
        Options.Add(_rate);
        Options.Add(_delay);
        Options.Add(_duration);
        Options.Add(_once);
        _sampling = new SamplingOptions(this);
        _filter = new FilterOptions(this);
        Options.Add(_subprocesses);
        Options.Add(_threads);
        Options.Add(_function);
        Options.Add(_lines);
        Options.Add(_noLine);
        Options.Add(_nonblocking);
        Options.Add(_blocking);
        Options.Add(_rows);
    }

    /// <inheritdoc/>
    public override string Synopsis => "[options] [--pid PID | -- COMMAND ARG...]";

    /// <inheritdoc/>
    public override string Details =>
        """
        Keys: q quit, ? help, 1-4 sort, l lines, t threads, p processes, / filter.
        Without a terminal, or with TERM=dumb, pictures are printed as plain text.
        While the screen is shown a command has no input, and the end of its output
        comes when the screen is left; q interrupts it. Its exit code is ours.
        """;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
    [
        "pyflame top --pid 4711",
        "pyflame top --subprocesses --pid 4711",
        "pyflame top -r 500 -- python3 app.py --its-option",
        "pyflame top --once --duration 10 -p 4711 > picture.txt",
    ];

    /// <inheritdoc/>
    public override bool TakesCommand => true;

    /// <inheritdoc/>
    public override int Run(ParseResult line, IReadOnlyList<string> command, UserMessages messages)
    {
        TopRequest request = Read(line);
        return ProcessOrCommand.Run(
            line.GetValue(_processId),
            command,
            messages,
            () => new TopLaunchedCommand(command, messages).Run(request),
            processId => Attach(request, processId, messages));
    }

    private static int Attach(TopRequest request, int processId, UserMessages messages)
    {
        using TargetProcess target = TargetProcess.Attach(processId);
        using ProcessTree? tree = request.Subprocesses ? ProcessTree.Open(target.ProcessId) : null;
        using var session = new TopSession(request);
        Subprocesses.Begin(session.Sampler, target, tree, "pyflame top", messages);
        SamplingOptions.CheckGil(request.State.Grouping.GilOnly ? "gil" : "active", session.Sampler);
        using var signals = new StopSignals(session.Close);
        using RawTerminal? terminal = TopTerminal.TryOpen(request);
        session.Run(target.ProcessId, string.Join(' ', target.ReadCommandLine()), terminal, () => "The process has ended.");
        terminal?.Dispose();
        Subprocesses.SayFailures(session.Sampler, "pyflame top", messages);
        return (int)ExitCode.Success;
    }

    private ThreadGrouping ReadGrouping(ParseResult line) => line.GetValue(_threads) ? ThreadGrouping.Apart
        : line.GetValue(_subprocesses) ? ThreadGrouping.ProcessesApart
        : ThreadGrouping.Together;

    private TopRequest Read(ParseResult line)
    {
        bool once = line.GetValue(_once);
        bool function = line.GetValue(_function);
        bool lines = line.GetValue(_lines);
        if (function && lines)
        {
            throw new UsageException("options '--function' and '--lines' contradict each other.");
        }

        string mode = _sampling.Mode(line);
        return new TopRequest
        {
            Sampling = new RecordingOptions
            {
                Interval = TimeSpan.FromSeconds(1 / (line.GetValue(_rate) ?? DefaultHertz)),
                Duration = line.GetValue(_duration) ?? (once ? PlainDisplay.DefaultDelay : null),
                Mode = SharedOptions.Mode(line, _nonblocking, _blocking),
                Threads = ThreadSelection.All,
                ReadStates = true,
                ReadNames = true,
                QualifyNames = true,
                Greenlets = true,
                WeighMissedRounds = true,
            },
            Delay = line.GetValue(_delay),
            Subprocesses = line.GetValue(_subprocesses),
            Once = once,
            Rows = line.GetValue(_rows) ?? DefaultRows,
            Filter = _filter.Read(line),
            WaitFrames = _sampling.WaitFrames(line),
            State = new TopState
            {
                Grouping = new TopGrouping(
                    lines, ReadGrouping(line), mode == "wall", mode == "gil", mode == "cpu"),
                LineNumbers = !line.GetValue(_noLine),
                WholeTime = once,
            },
        };
    }
}
