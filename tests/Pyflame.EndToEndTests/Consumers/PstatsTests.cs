using System.Globalization;
using Pyflame.Profiles;
using Pyflame.Tests.Profiles;

namespace Pyflame.EndToEndTests.Consumers;

/// <summary>In the <c>pstats</c> module of Python itself.</summary>
public sealed class PstatsTests
{
    private const string Describe = """
        import io, pstats, sys
        stats = pstats.Stats(sys.argv[1])
        stats.calc_callees()
        for key in sorted(stats.stats):
            cc, nc, tt, ct, callers = stats.stats[key]
            callers = ["%s:%d(%s) %d/%d %.6f" % (k + (v[0], v[1], v[3])) for k, v in sorted(callers.items())]
            print("%s:%d(%s) %d/%d %.6f %.6f %s" % (key + (nc, cc, tt, ct, ", ".join(callers))))
        print("total %.6f" % stats.total_tt)
        stats.strip_dirs().sort_stats("time").print_stats().print_callers().print_callees()
        """;

    [Fact]
    public void Pstats_shows_functions_times_and_callers()
    {
        string[] lines = Run(SampleProfiles.TwoThreads()).Split('\n');

        Assert.Equal(
            [
                "/a/app.py:1(<module>) 10/10 0.000000 0.010000 ",
                "/a/app.py:12(leaf) 7/7 0.007000 0.007000 /a/app.py:20(work) 7/7 0.007000",
                "/a/app.py:20(work) 10/10 0.003000 0.010000 /a/app.py:1(<module>) 10/10 0.010000",
                "/a/pool.py:3(run) 8/8 0.000000 0.008000 ",
                "/a/pool.py:40(wait) 8/8 0.008000 0.008000 /a/pool.py:3(run) 8/8 0.008000",
                "total 0.018000",
            ],
            lines[..6]);
        Assert.Contains("        8    0.008    0.001    0.008    0.001 pool.py:40(wait)", lines);
    }

    [Fact]
    public void Pstats_counts_recursion_once_and_long_numbers_whole()
    {
        Profile profile = SampleProfiles.TwoThreads();
        profile.Counts = new StackCounts();
        StackId stack = SampleProfiles.Stack(profile, ("a.py", "f", 1, 2), ("a.py", "g", 5, 6), ("a.py", "f", 1, 3), ("a.py", "h", 9, 9));
        profile.Counts.Add(new ProfiledThreadId(0), stack, 5_000_000_000);

        string total = 5_000_000.0.ToString("F6", CultureInfo.InvariantCulture);
        Assert.Equal(
            [
                $"a.py:1(f) 5000000000/5000000000 0.000000 {total} a.py:5(g) 5000000000/5000000000 {total}",
                $"a.py:5(g) 5000000000/5000000000 0.000000 {total} ",
                $"a.py:9(h) 5000000000/5000000000 {total} {total} a.py:1(f) 5000000000/5000000000 {total}",
                $"total {total}",
            ],
            Run(profile).Split('\n')[..4]);
    }

    [Fact]
    public void Pstats_opens_a_profile_without_samples()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Counts = new StackCounts();

        Assert.Equal(["~:0((no samples)) 0/0 0.000000 0.000000 ", "total 0.000000"], Run(profile).Split('\n')[..2]);
    }

    private static string Run(Profile profile)
    {
        using ConsumerFile file = Consumer.Write(profile, "pstats");
        return Consumer.Run("python3", "install python3", "-c", Describe, file.Location);
    }
}
