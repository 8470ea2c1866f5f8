using Pyflame.Profiles;

namespace Pyflame.Tests.Profiles;

public sealed class SampleFilterTests
{
    private const string File = "/srv/web/app.py";

    [Theory]
    [InlineData("handle", true)]
    [InlineData("Server.handle", true)]
    [InlineData("Server.*", true)]
    [InlineData("hand", false)]
    [InlineData("Handle", false)]
    [InlineData("app.py", true)]
    [InlineData("web/app.py", true)]
    [InlineData("b/app.py", false)]
    [InlineData("/srv/web/app.py", true)]
    [InlineData("app", true)]
    [InlineData("web.app", true)]
    [InlineData("web", true)]
    [InlineData("srv.web", true)]
    [InlineData("we", false)]
    [InlineData("*", true)]
    public void A_pattern_means_a_whole_function_file_module_or_package(string pattern, bool matches) =>
        Assert.Equal(matches, new NamePattern(pattern).Matches("handle", "Server.handle", File));

    [Theory]
    [InlineData("worker-1", true)]
    [InlineData("worker-?", true)]
    [InlineData("worker-1 (7)", true)]
    [InlineData("7", true)]
    [InlineData("worker", false)]
    public void A_pattern_means_a_thread_by_name_or_number(string pattern, bool matches)
    {
        var thread = new ProfiledThread(default, 0, 7, "worker-1", false);
        Assert.Equal(matches, new NamePattern(pattern).MatchesThread(thread, thread.DisplayName));
    }

    [Fact]
    public void Samples_are_kept_by_what_is_anywhere_on_their_stacks()
    {
        Profile profile = Make();

        Assert.Equal([3, 4], Weights(profile, new FilterPatterns(["web"], [], [])));
        Assert.Equal([1, 3], Weights(profile, new FilterPatterns([], ["parse"], [])));
        Assert.Equal([3], Weights(profile, new FilterPatterns(["web"], ["parse"], [])));
        Assert.Equal([4], Weights(profile, new FilterPatterns([], [], ["second"])));
        Assert.Equal([], Weights(profile, new FilterPatterns(["web"], [], ["third"])));
    }

    [Fact]
    public void Counts_are_kept_as_samples_are()
    {
        Profile profile = Make();
        profile.Counts = profile.CountStacks();
        profile.Samples = null;

        Profile kept = new SampleFilter(profile, new FilterPatterns(["web"], [], [])).Apply(profile);

        Assert.Null(kept.Samples);
        Assert.Equal([3L, 4L], Enumerable.Range(0, kept.Counts!.Count).Select(index => kept.Counts[index].Weight).Order());
    }

    [Fact]
    public void A_thread_that_gets_its_name_later_is_kept_from_then_on()
    {
        Profile profile = Make();
        profile.Threads[0] = profile.Threads[0] with { Name = null };
        var filter = new SampleFilter(profile, new FilterPatterns([], [], ["late"]));

        Assert.False(filter.Keeps(profile.Threads[0].Id, default));
        profile.Threads[0] = profile.Threads[0] with { Name = "late" };
        Assert.True(filter.Keeps(profile.Threads[0].Id, default));
    }

    [Fact]
    public void Deciding_about_known_samples_allocates_nothing()
    {
        Profile profile = Make();
        var filter = new SampleFilter(profile, new FilterPatterns(["web"], ["parse"], ["first"]));
        Sample[] samples = [.. profile.Samples!];
        int kept = 0;
        Action pass = () =>
        {
            foreach (Sample sample in samples)
            {
                kept += filter.Keeps(sample.Thread, sample.Stack) ? 1 : 0;
            }
        };
        pass();

        Assert.Equal(0, Allocations.Least(pass));
        Assert.True(kept > 0);
    }

    private static Profile Make()
    {
        var profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UnixEpoch, Mode = "wall", RateHertz = 100 }) { Samples = new SampleLog() };
        profile.Processes.Add(new ProfiledProcess(1, "python", "3.13.0"));
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 7, "first", true));
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(1), 0, 8, "second", false));
        StackId main = Add(default, "main", "/srv/main.py");
        StackId handle = Add(main, "handle", File);
        StackId parse = Add(handle, "parse", "/usr/lib/python3/json.py");
        profile.Samples.Add(new Sample(0, new ProfiledThreadId(0), main, SampleState.None, 1));
        profile.Samples.Add(new Sample(1, new ProfiledThreadId(0), handle, SampleState.None, 3));
        profile.Samples.Add(new Sample(2, new ProfiledThreadId(1), parse, SampleState.None, 4));
        return profile;

        StackId Add(StackId parent, string name, string file) => profile.Stacks.Intern(
            parent, profile.Frames.Intern(new FrameInfo(profile.InternFunction(name, file), 1, FrameKind.Python)));
    }

    private static IEnumerable<int> Weights(Profile profile, FilterPatterns patterns) =>
        new SampleFilter(profile, patterns).Apply(profile).Samples!.Select(sample => sample.Weight);
}
