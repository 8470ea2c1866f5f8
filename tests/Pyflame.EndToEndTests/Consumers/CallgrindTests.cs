using Pyflame.Profiles;
using Pyflame.Tests.Profiles;

namespace Pyflame.EndToEndTests.Consumers;

/// <summary>In valgrind's <c>callgrind_annotate</c>.</summary>
public sealed class CallgrindTests
{
    [Fact]
    public void Callgrind_annotate_shows_functions_and_totals() => Assert.Equal(
        [
            "18,000,000 (100.0%) 18 (100.0%)  PROGRAM TOTALS",
            "8,000,000 (44.44%) 8 (44.44%)  /a/pool.py:wait",
            "7,000,000 (38.89%) 7 (38.89%)  /a/app.py:leaf",
            "3,000,000 (16.67%) 3 (16.67%)  /a/app.py:work",
        ],
        Annotate(SampleProfiles.TwoThreads()).Where(IsCost));

    [Fact]
    public void Callgrind_annotate_shows_callers_and_callees() => Assert.Equal(
        [
            "18,000,000 (100.0%) 18 (100.0%)  PROGRAM TOTALS",
            "10,000,000 (55.56%) 10 (55.56%)  *  /a/app.py:<module>",
            "10,000,000 (55.56%) 10 (55.56%)  >   /a/app.py:work (10x) []",
            "10,000,000 (55.56%) 10 (55.56%)  < /a/app.py:<module> (10x) []",
            "10,000,000 (55.56%) 10 (55.56%)  *  /a/app.py:work",
            "7,000,000 (38.89%)  7 (38.89%)  >   /a/app.py:leaf (7x) []",
            "8,000,000 (44.44%)  8 (44.44%)  *  /a/pool.py:run",
            "8,000,000 (44.44%)  8 (44.44%)  >   /a/pool.py:wait (8x) []",
            "8,000,000 (44.44%)  8 (44.44%)  < /a/pool.py:run (8x) []",
            "8,000,000 (44.44%)  8 (44.44%)  *  /a/pool.py:wait",
            "7,000,000 (38.89%)  7 (38.89%)  < /a/app.py:work (7x) []",
            "7,000,000 (38.89%)  7 (38.89%)  *  /a/app.py:leaf",
        ],
        Annotate(SampleProfiles.TwoThreads(), "--inclusive=yes", "--tree=both").Where(IsCost));

    [Fact]
    public void Callgrind_annotate_puts_costs_on_their_lines()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Processes.Add(new ProfiledProcess(1, "", ""));
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 1, null, true));
        profile.Counts = new StackCounts();
        using var source = new ConsumerFile("hot.py");
        File.WriteAllText(source.Location, "def f():\n    g()\n    spin()\n");
        SampleProfiles.Add(profile, 0, 0, SampleProfiles.Stack(profile, (source.Location, "f", 1, 3)), weight: 7);
        SampleProfiles.Add(profile, 0, 0, SampleProfiles.Stack(profile, (source.Location, "f", 1, 2), ("g.py", "g", 9, 10)), weight: 2);

        IEnumerable<string> lines = Annotate(profile, "--threshold=100", "--show=Samples");

        Assert.Contains("7 (77.78%)      spin()", lines);
        Assert.Contains("2 (22.22%)  => g.py:g (2x)", lines);
    }

    [Fact]
    public void Recursion_adds_up()
    {
        Profile profile = SampleProfiles.TwoThreads();
        profile.Counts = new StackCounts();
        StackId stack = SampleProfiles.Stack(profile, ("a.py", "f", 1, 2), ("a.py", "f", 1, 2), ("a.py", "f", 1, 3), ("a.py", "h", 9, 9));
        SampleProfiles.Add(profile, 0, 0, stack, weight: 6);

        Assert.Equal(
            ["6 (100.0%)  PROGRAM TOTALS", "6 (100.0%)  a.py:f", "6 (100.0%)  a.py:h"],
            Annotate(profile, "--inclusive=yes", "--show=Samples").Where(IsCost));
    }

    private static bool IsCost(string line) => line.Length > 0 && char.IsAsciiDigit(line[0]) && line.Contains("%)", StringComparison.Ordinal);

    private static string[] Annotate(Profile profile, params string[] arguments)
    {
        using ConsumerFile file = Consumer.Write(profile, "callgrind");
        return Consumer.Run("callgrind_annotate", "install valgrind", [.. arguments, file.Location]).Split('\n', StringSplitOptions.TrimEntries);
    }
}
