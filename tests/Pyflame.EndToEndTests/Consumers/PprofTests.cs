using Pyflame.Profiles;
using Pyflame.Profiles.Export;
using Pyflame.Tests.Profiles;

namespace Pyflame.EndToEndTests.Consumers;

/// <summary>In <c>go tool pprof</c>.</summary>
public sealed class PprofTests
{
    [Fact]
    public void Pprof_shows_lines_and_times()
    {
        string[] lines = Pprof(SampleProfiles.TwoThreads(), "-top", "-lines").Split('\n', StringSplitOptions.TrimEntries);

        Assert.Contains("Type: wall", lines);
        Assert.Contains("Time: Mar 1, 2026 at 12:00pm (UTC)", lines);
        Assert.Contains("Duration: 10ms, Total samples = 18ms (180.00%)", lines);
        Assert.Contains("python3 /a/app.py, 2026-03-01 12:00:00 UTC", lines);
        Assert.Equal(
            [
                "8ms 44.44% 44.44%        8ms 44.44%  wait /a/pool.py:41",
                "5ms 27.78% 72.22%        5ms 27.78%  leaf /a/app.py:14",
                "3ms 16.67% 88.89%       10ms 55.56%  work /a/app.py:25",
                "2ms 11.11%   100%        2ms 11.11%  leaf /a/app.py:15",
                "0     0%   100%       10ms 55.56%  <module> /a/app.py:32",
                "0     0%   100%        8ms 44.44%  run /a/pool.py:9",
            ],
            lines.SkipWhile(line => !line.StartsWith("flat", StringComparison.Ordinal)).Skip(1).Where(line => line.Length > 0));
    }

    [Fact]
    public void Pprof_counts_samples_by_thread()
    {
        string tags = Pprof(SampleProfiles.TwoThreads(), "-tags", "-sample_index=samples");

        Assert.Matches(@"thread: Total 18\.0\n\s+10\.0 \(55\.56%\): MainThread\n\s+8\.0 \(44\.44%\): worker-0\n", tags);
        Assert.Matches(@"process_id: Total 18\.0\n\s+18\.0 \(  100%\): 4711\n", tags);
        Assert.Matches(@"thread_id: Total 18\.0\n\s+10\.0 \(55\.56%\): 4711\n\s+8\.0 \(44\.44%\): 4712\n", tags);
    }

    [Fact]
    public void Pprof_shows_names_of_any_script_and_stacks_without_frames()
    {
        Profile profile = SampleProfiles.TwoThreads();
        profile.Counts = new StackCounts();
        SampleProfiles.Add(profile, 0, 0, SampleProfiles.Stack(profile, ("/数/πρ.py", "Λ<lambda>", 1, 2)), weight: 4);
        SampleProfiles.Add(profile, 0, 0, StackId.Empty, SampleState.Failed);
        string[] lines = Pprof(profile, "-top").Split('\n', StringSplitOptions.TrimEntries);

        Assert.Contains("4ms 80.00% 80.00%        4ms 80.00%  Λ<lambda>", lines);
        Assert.Contains("1ms 20.00%   100%        1ms 20.00%  (no stack)", lines);
    }

    [Fact]
    public void Pprof_has_labels_of_states_and_of_tags()
    {
        Profile profile = SampleProfiles.TwoThreads();
        profile.Counts = null;
        profile.Samples = new SampleLog();
        FrameId tag = profile.Frames.Intern(new FrameInfo(profile.InternFunction("path=/a=b", string.Empty), 0, FrameKind.Tag));
        FrameId work = profile.Frames.Intern(new FrameInfo(profile.InternFunction("work", "/a.py", 1), 2, FrameKind.Python));
        StackId stack = profile.Stacks.Intern(profile.Stacks.Intern(default, tag), work);
        profile.Samples.Add(new Sample(0, default, stack, SampleState.HoldsGil | SampleState.OnCpu, 3));
        profile.Samples.Add(new Sample(1, default, stack, (SampleState.Idle | SampleState.InputOutput).WithSystemCall(0), 1));

        string tags = Pprof(profile, "-tags", "-sample_index=samples");
        Assert.Matches(@"path: Total 4\.0\n\s+4\.0 \(\s*100%\): /a=b\n", tags);
        Assert.Matches(@"state: Total 4\.0\n\s+3\.0 \(75\.00%\): holding GIL\n\s+1\.0 \(25\.00%\): read\n", tags);
        Assert.DoesNotContain("path=", Pprof(profile, "-top"), StringComparison.Ordinal);
    }

    private static string Pprof(Profile profile, params string[] arguments)
    {
        using ConsumerFile file = Consumer.Write(profile, "pprof", ExportOptions.Default);
        return Consumer.Run("go", "install golang-go", ["tool", "pprof", .. arguments, file.Location]);
    }
}
