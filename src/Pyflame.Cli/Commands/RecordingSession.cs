using System.Globalization;
using System.Runtime.InteropServices;
using Pyflame.Cli.Output;
using Pyflame.Cli.Terminal;
using Pyflame.Profiles;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>One recording: a sampler, and the file or files that it fills.</summary>
/// <remarks>
/// Everything but <see cref="AskForSnapshot"/>, <see cref="Stop"/> and <see cref="Progress"/> is for the thread that samples.
/// </remarks>
internal sealed class RecordingSession : IDisposable
{
    private readonly RecordRequest _request;
    private readonly UserMessages _messages;
    private readonly Profile _profile;
    private readonly string _basePath;
    private readonly RecordingSink _sink;
    private readonly List<string> _written = [];
    private ProfileKeeper _keeper;
    private DateTimeOffset _start;
    private RecordingStatistics _before = new();
    private IOException? _failure;
    private int _number = 1;
    private int _snapshotWanted;
    private int _rotationDue;

    /// <summary>Opens the output.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="processId">The process that is to be sampled, for the name of the file.</param>
    /// <param name="messages">Where to say things.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public RecordingSession(RecordRequest request, int processId, UserMessages messages)
    {
        _request = request = request with { View = request.View with { OpenSource = OpenSource } };
        _messages = messages;
        _start = DateTimeOffset.UtcNow;
        _profile = new Profile(Describe(request, _start));
        _basePath = request.OutputPath ?? RecordingFiles.DefaultName(processId, _start, request.Writer);
        _keeper = ProfileKeeper.Open(request, _profile, CurrentPath);
        _sink = new RecordingSink(_keeper.Sink, failure =>
        {
            _failure = failure;
            Sampler!.Stop();
        });
        ISampleSink sink = request.WaitFrames ? new WaitFrames(_profile, _sink) : _sink;
        sink = request.Filter.AreEmpty ? sink : new FilteredSamples(new SampleFilter(_profile, request.Filter), sink);
        Sampler = new Sampler(request.Sampling, _profile, sink);
    }

    /// <summary>Takes the samples.</summary>
    public Sampler Sampler { get; }

    /// <summary>What was written, in order.</summary>
    public IReadOnlyList<string> Written => _written;

    /// <summary>How it goes, with the samples that are kept: those of waiting threads may be left out. From any thread.</summary>
    public RecordingStatistics Progress => Sampler.Statistics with { Samples = _sink.Total };

    private string CurrentPath =>
        _request.Rotation is null ? _basePath : RecordingFiles.Numbered(_basePath, _number, _request.Writer);

    /// <summary>Samples what the sampler was given, until the end.</summary>
    public void Run()
    {
        _start = DateTimeOffset.UtcNow;
        _profile.Circumstances = _profile.Circumstances with { StartUtc = _start };
        using Timer? rotation = _request.Rotation is { } period ? new Timer(_ => AskFor(ref _rotationDue), null, period, period) : null;
        Sampler.Run();
    }

    /// <summary>Ends the sampling soon. From any thread, at any time.</summary>
    public void Stop() => Sampler.Stop();

    /// <summary>Has what there is so far written soon. From any thread.</summary>
    public void AskForSnapshot() => AskFor(ref _snapshotWanted);

    /// <summary>Writes what was sampled, and says what must be said.</summary>
    /// <returns>Whether it could be written whole.</returns>
    /// <exception cref="BrokenPipeException">Whoever read it has gone.</exception>
    public bool Finish()
    {
        bool written = _failure is null && CompleteFile();
        if (_failure is not null)
        {
            if (BrokenPipeException.Tells(_failure))
            {
                throw new BrokenPipeException(_failure);
            }

            string kept = File.Exists(CurrentPath) && new FileInfo(CurrentPath).Length > 0 ? " The samples up to then are in it." : string.Empty;
            _messages.Say($"pyflame record: cannot write {CurrentPath}: {FileTrouble.Reason(_failure)}{kept}");
        }

        RecordingStatistics statistics = Sampler.Statistics;
        foreach (string line in RecordingSummary.Describe(statistics, Sampler.PauseRefused, Sampler.BudgetSpent, "a lower rate, such as '--rate 20'"))
        {
            _messages.Say(line);
        }

        if (_request.Mode == "gil" && Sampler.AnyLacksGil)
        {
            _messages.Say("pyflame record: '--mode gil' has no meaning where Python runs without a GIL: all threads were recorded there.");
        }

        Subprocesses.SayFailures(Sampler, "pyflame record", _messages);
        if (_sink.Total == 0 && _failure is null)
        {
            _messages.Say(EmptyMessage());
        }

        if (written && _basePath != "-" && (_request.OutputPath is null || StandardError.IsTerminal))
        {
            string files = _written.Count == 1 ? _written[0] : $"{_written[0]} to {_written[^1]}";
            _messages.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"pyflame record: {ReportText.Samples(_sink.Total)} of {Threads(_profile)} in {statistics.Duration.TotalSeconds:0.0} s: {files}"));
        }

        return written;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _keeper.Dispose();
        Sampler.Dispose();
    }

    private static string Threads(Profile profile)
    {
        int threads = profile.Threads.Count;
        int processes = profile.Processes.Select(static process => process.ProcessId).Distinct().Count();
        string text = threads == 1 ? "1 thread" : string.Create(CultureInfo.InvariantCulture, $"{threads} threads");
        return processes <= 1 ? text : string.Create(CultureInfo.InvariantCulture, $"{text} of {processes} processes");
    }

    private static Circumstances Describe(RecordRequest request, DateTimeOffset start) => new()
    {
        StartUtc = start,
        Mode = request.Mode,
        RateHertz = 1 / request.Sampling.Interval.TotalSeconds,
        Host = Environment.MachineName,
        PyflameVersion = ProgramVersion.Number,
        Kernel = RuntimeInformation.OSDescription,
        Architecture = RuntimeInformation.OSArchitecture == Architecture.X64 ? "x86_64" : RuntimeInformation.OSArchitecture.ToString(),
        ProcessorCount = Environment.ProcessorCount,
    };

    // While a process lives its own files are read, in whatever container. Those of this machine are the same for processes that have
    // ended, unless they were in one.
    private Stream? OpenSource(string path) => Sampler.TryOpenFile(path)
        ?? (_profile.Processes.Exists(static process => process.NamespaceProcessId != 0) ? null : ProfileView.OpenLocalSource(path));

    private void AskFor(ref int flag)
    {
        Interlocked.Exchange(ref flag, 1);
        Sampler.Post(DoWhatWasAskedFor);
    }

    // On the thread that samples, between two rounds.
    private void DoWhatWasAskedFor()
    {
        try
        {
            if (Interlocked.Exchange(ref _rotationDue, 0) == 1)
            {
                Rotate();
            }

            if (Interlocked.Exchange(ref _snapshotWanted, 0) == 1)
            {
                _profile.Statistics = Sampler.Statistics.Since(_before);
                _keeper.WriteSnapshot();
            }
        }
        catch (OutputException exception)
        {
            _messages.Say($"pyflame record: {exception.Message}");
        }
        catch (BrokenPipeException)
        {
            Sampler.Stop();
        }
    }

    private void Rotate()
    {
        if (!CompleteFile())
        {
            Sampler.Stop();
            return;
        }

        RecordingStatistics now = Sampler.Statistics;
        _before = now;
        _keeper.Dispose();
        _number++;
        _profile.Statistics = null;
        _profile.Circumstances = _profile.Circumstances with { StartUtc = _start + now.Duration };
        _keeper = ProfileKeeper.Open(_request, _profile, CurrentPath);
        _sink.Change(_keeper.Sink, now.Duration.Ticks * TimeSpan.NanosecondsPerTick);
        if (_request.Keep is { } keep && _written.Count > keep - 1)
        {
            File.Delete(_written[0]);
            _written.RemoveAt(0);
        }
    }

    private bool CompleteFile()
    {
        _profile.Statistics = Sampler.Statistics.Since(_before);
        try
        {
            _keeper.Complete();
        }
        catch (OutputException exception)
        {
            _messages.Say($"pyflame record: {exception.Message}");
            return false;
        }

        _written.Add(CurrentPath);
        return true;
    }

    private string EmptyMessage() => (Sampler.FoundPython, _request.Mode) switch
    {
        (false, _) => "pyflame record: no samples: no Python was found to run.",
        (_, "gil") => "pyflame record: no samples: no thread held the GIL. Leave '--gil' out, or add '--idle' to see waiting threads.",
        (_, "active") => "pyflame record: no samples: every thread was waiting all the time. Add '--idle' to see where.",
        _ => "pyflame record: no samples: the process ended too soon.",
    };
}
