using System.Diagnostics;
using System.Globalization;
using Pyflame.Bench.Measuring;
using Pyflame.Bench.Reporting;
using Pyflame.Bench.Tools;
using Pyflame.Processes;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.Bench.Rows;

/// <summary>What the rows measure with.</summary>
internal sealed class Workbench
{
    private readonly string _targets;
    private readonly string _folder;

    public Workbench(bool quick, PyflameTool pyflame, IReadOnlyList<Tool> peers, MeasuredCommand command, string targets, string folder)
    {
        IsQuick = quick;
        Pyflame = pyflame;
        Peers = peers;
        Command = command;
        _targets = targets;
        _folder = folder;
    }

    /// <summary>Whether this is a smoke run.</summary>
    public bool IsQuick { get; }

    /// <summary>This Pyflame.</summary>
    public PyflameTool Pyflame { get; }

    /// <summary>The others.</summary>
    public IReadOnlyList<Tool> Peers { get; }

    /// <summary>Runs commands and tells what they cost.</summary>
    public MeasuredCommand Command { get; }

    /// <summary>Where results go.</summary>
    public Report Report { get; } = new();

    /// <summary>How often each measurement is made; the median counts.</summary>
    public int Repetitions => IsQuick ? 1 : 3;

    /// <summary>The highest load average, without our own part of up to two programs, seen before a target was started.</summary>
    public double MostLoadBetween { get; private set; }

    /// <summary>One interpreter of each version, by version: pyenv's, else the system's, else Debian's.</summary>
    public static IReadOnlyList<Interpreter> EachVersion { get; } =
    [
        .. InterpreterCatalog.All
            .Where(interpreter => interpreter.Origin != InterpreterOrigin.DebianShared && !interpreter.IsFreeThreaded)
            .GroupBy(interpreter => (interpreter.Version.Major, interpreter.Version.Minor))
            .OrderBy(group => group.Key)
            .Select(group => group.OrderBy(interpreter => interpreter.Origin).First()),
    ];

    /// <summary>The interpreter of a version; null where there is none.</summary>
    public static Interpreter? Python(int major, int minor) => EachVersion.FirstOrDefault(
        interpreter => interpreter.Version.Major == major && interpreter.Version.Minor == minor);

    /// <summary>3.13, or the nearest there is.</summary>
    public static Interpreter Python313 => Python(3, 13) ?? Python(3, 14) ?? EachVersion[^1];

    /// <summary>Those of the versions named that are there.</summary>
    public static IEnumerable<Interpreter> Pythons(params IEnumerable<(int Major, int Minor)> versions) =>
        versions.Select(version => Python(version.Major, version.Minor)).OfType<Interpreter>();

    /// <summary>A length of time for a whole run, or for a smoke run.</summary>
    public double Seconds(double whole, double quick) => IsQuick ? quick : whole;

    /// <summary>Pyflame and the peers that can profile a target on that interpreter.</summary>
    public IEnumerable<Tool> ToolsFor(Interpreter interpreter) => Peers.Where(peer => peer.Supports(interpreter)).Prepend(Pyflame);

    /// <summary>Starts a program of bench/targets.</summary>
    public Target Start(Interpreter interpreter, string script, params IEnumerable<object> arguments)
    {
        MostLoadBetween = Math.Max(MostLoadBetween, Machine.LoadNow);
        return Target.Start(_targets, interpreter, script, arguments);
    }

    /// <summary>Has a tool record.</summary>
    /// <exception cref="InvalidOperationException">Pyflame failed. Peers that fail write no samples.</exception>
    public ToolRun Record(
        Tool tool,
        Target target,
        double rate,
        double seconds,
        bool allThreads = false,
        SamplingMode mode = SamplingMode.Auto,
        long? rounds = null,
        bool withStatistics = false,
        bool jitter = false)
    {
        RecordingRequest request = Ask(target, rate, seconds) with { Rounds = rounds, AllThreads = allThreads, Mode = mode, Jitter = jitter };
        ToolRun run = Run(tool, request, withStatistics ? Pyflame.RecordWithStatistics(request) : tool.Record(request));
        if (run.Cost.ExitCode != 0)
        {
            if (tool == Pyflame)
            {
                throw Failure(run);
            }

            Console.WriteLine($"  {Failure(run).Message}");
        }

        return run;
    }

    /// <summary>Has a tool record all threads at a rate, by a command that is made for the request.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public ToolRun RecordBy(Tool tool, Target target, double rate, double seconds, Func<RecordingRequest, IReadOnlyList<string>> command)
    {
        RecordingRequest request = Ask(target, rate, seconds) with { AllThreads = true };
        ToolRun run = Run(tool, request, command(request));
        return run.Cost.ExitCode == 0 ? run : throw Failure(run);
    }

    /// <summary>How many bare reads of 8 bytes a second are possible.</summary>
    public double ReadRate(Target target, double seconds) => double.Parse(ReadBare(target, seconds, 0).Output, CultureInfo.InvariantCulture);

    /// <summary>What bare reads of 8 bytes cost: so many a second, or as many as are possible where that is 0. It prints how many there were.</summary>
    public Measurement ReadBare(Target target, double seconds, double rate) =>
        Command.Run(Pyflame.ReadRate(target.ProcessId, seconds, rate), null, TimeSpan.FromSeconds(60));

    /// <summary>Lets a target run for a while.</summary>
    public static void Wait(double seconds)
    {
        using DeadlineTimer timer = DeadlineTimer.Create();
        timer.SleepUntil(DeadlineTimer.Now + (long)(seconds * 1e9));
    }

    /// <summary>The monotonic clock that targets have too, in seconds.</summary>
    public static double Now => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    private RecordingRequest Ask(Target target, double rate, double seconds) => new()
    {
        ProcessId = target.ProcessId,
        Interpreter = target.Interpreter,
        Seconds = seconds,
        Rate = rate,
        OutputPath = Path.Combine(_folder, "profile.txt"),
        StatisticsPath = Path.Combine(_folder, "statistics.txt"),
    };

    private ToolRun Run(Tool tool, RecordingRequest request, IReadOnlyList<string> command)
    {
        File.Delete(request.OutputPath);
        File.Delete(request.StatisticsPath);
        Measurement cost = Command.Run(command, tool.Environment, TimeSpan.FromSeconds((3 * request.Seconds) + 30));
        return new ToolRun(tool, request, cost, CollapsedLine.Read(request.OutputPath, tool.IsAustin));
    }

    private static InvalidOperationException Failure(ToolRun run) =>
        new($"{run.Tool} on {run.Request.Interpreter} ended with {run.Cost.ExitCode}: {run.Cost.Output}");
}
