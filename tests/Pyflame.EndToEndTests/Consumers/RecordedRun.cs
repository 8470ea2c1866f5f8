using System.Globalization;
using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests.Consumers;

/// <summary>
/// A real run, recorded into a profile file and read back: a main thread whose hottest line is known, and one that waits.
/// </summary>
public sealed class RecordedRun : IDisposable
{
    private readonly Lazy<Profile> _profile;
    private readonly ConsumerFile _file = new("run.pyflame");
    private readonly List<ConsumerFile> _written = [];

    public RecordedRun() => _profile = new Lazy<Profile>(Record);

    /// <summary>What was recorded; the test is skipped where there is no interpreter to record.</summary>
    public Profile Profile => _profile.Value;

    /// <summary>The thread that works.</summary>
    public ProfiledThread MainThread => Profile.Threads.Single(thread => thread.IsMain);

    /// <summary>The thread that waits.</summary>
    public ProfiledThread Waiter => Profile.Threads.Single(thread => thread.Name == "waiter");

    /// <summary>The profile without the thread that waits.</summary>
    public Profile MainOnly => Profile.Where(sample => sample.Thread == MainThread.Id);

    /// <summary>All samples of the main thread, in intervals.</summary>
    public long MainWeight => MainOnly.Samples!.TotalWeight;

    /// <summary>All samples, in intervals.</summary>
    public long TotalWeight => Profile.Samples!.TotalWeight;

    /// <summary>Where the hottest function of the main thread begins, and how many samples it had itself.</summary>
    public (CallSite Site, long Own) HottestFunction => Hottest(CallTreeMerge.Function);

    /// <summary>The hottest line of the main thread, and how many samples it had itself.</summary>
    public (CallSite Site, long Own) HottestLine => Hottest(CallTreeMerge.Line);

    /// <summary>Writes the profile in a format, into a file that lives as long as this.</summary>
    public string Write(string format)
    {
        ConsumerFile file = Consumer.Write(Profile, format);
        _written.Add(file);
        return file.Location;
    }

    public void Dispose()
    {
        _file.Dispose();
        _written.ForEach(file => file.Dispose());
    }

    private (CallSite Site, long Own) Hottest(CallTreeMerge merge)
    {
        var tree = CallTree.Build(MainOnly, merge);
        CallSiteTotal hottest = tree.SumBySite().MaxBy(sum => sum.Own);
        return (tree.Sites[hottest.Site], hottest.Own);
    }

    private Profile Record()
    {
        Interpreter? interpreter = InterpreterCatalog.All.Where(candidate => !candidate.IsContained)
            .OrderByDescending(candidate => candidate.Name, StringComparer.Ordinal).FirstOrDefault();
        Assert.SkipUnless(interpreter is not null, "There is no interpreter of this machine's own to record");
        using TargetProgram target = TargetProgram.Start(interpreter, "hot_and_waiting.py");
        var profile = new Profile(new Circumstances
        {
            StartUtc = DateTimeOffset.UtcNow,
            Mode = "wall",
            RateHertz = 1000,
            Host = Environment.MachineName,
            PyflameVersion = "2.0.0",
            Kernel = string.Create(CultureInfo.InvariantCulture, $"Linux {Environment.OSVersion.Version}"),
        });
        using (var writer = new ProfileFileWriter(File.Create(_file.Location), profile))
        {
            using TargetProcess process = TargetProcess.Attach(target.ProcessId);
            using var sampler = new Sampler(
                new RecordingOptions { RoundLimit = 1500, Threads = ThreadSelection.All, ReadStates = true, ReadNames = true, WeighMissedRounds = true },
                profile,
                writer);
            sampler.Attach(process);
            profile.Statistics = sampler.Run();
        }

        using FileStream file = File.OpenRead(_file.Location);
        Profile read = ProfileFileReader.ReadAll(file, out bool isCutOff);
        Assert.False(isCutOff);
        Assert.Equal(profile.Statistics, read.Statistics);
        return read;
    }
}
