using Pyflame.Profiles;

namespace Pyflame.Tests.Profiles;

public sealed class ProfileRewriterTests
{
    private static Profile TwoLinesOfOneFunction()
    {
        var profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UnixEpoch, Mode = "wall", RateHertz = 100 });
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 1, null, true));
        FunctionId function = profile.InternFunction("work", "/srv/app.py", 10);
        profile.Samples = new SampleLog();
        foreach (int line in (int[])[11, 12])
        {
            StackId stack = profile.Stacks.Intern(default, profile.Frames.Intern(new FrameInfo(function, line, FrameKind.Python)));
            profile.Samples.Add(new Sample(line * 1000, new ProfiledThreadId(0), stack, SampleState.OnCpu, 1));
        }

        return profile;
    }

    [Fact]
    public void At_first_lines_the_lines_of_a_function_are_one_stack()
    {
        Profile copy = ProfileRewriter.AtFirstLines(TwoLinesOfOneFunction());

        Sample[] samples = [.. copy.Samples!];
        Assert.Equal([11_000L, 12_000L], samples.Select(sample => sample.TimestampNanoseconds));
        Assert.Equal(samples[0].Stack, samples[1].Stack);
        Assert.Equal(10, copy.Frames[copy.Stacks.Frame(samples[0].Stack)].LineNumber);
    }

    [Fact]
    public void Files_get_other_names_and_the_profile_stays_as_it_was()
    {
        Profile profile = TwoLinesOfOneFunction();
        Profile copy = ProfileRewriter.WithFileNames(profile, path => Path.GetFileName(path));

        Assert.Equal("app.py", copy.Strings[copy.Functions[new FunctionId(0)].FileName]);
        Assert.Equal("/srv/app.py", profile.Strings[profile.Functions[new FunctionId(0)].FileName]);
    }

    [Fact]
    public void Files_that_have_moved_go_by_the_paths_of_the_other_profile()
    {
        Profile here = Of("/home/a/shop/app.py", "/home/a/shop/web/app.py", "/usr/lib/python3.11/json/decoder.py", "/opt/both.py", "<frozen os>");
        Profile there = Of("/ci/7/app.py", "/ci/7/web/app.py", "/usr/lib/python3.12/json/decoder.py", "<frozen os>", "/ci/7/new.py");
        Profile apart = Of("/ci/7/app.py", "/opt/both.py");

        Assert.Equal(
            ["/home/a/shop/app.py", "/home/a/shop/web/app.py", "/usr/lib/python3.12/json/decoder.py", "/opt/both.py", "<frozen os>"],
            FilesOf(ProfileRewriter.WithFilesWhere(here, there)));
        Assert.Equal(
            ["/ci/7/app.py", "/ci/7/web/app.py", "/usr/lib/python3.12/json/decoder.py", "<frozen os>"],
            FilesOf(ProfileRewriter.WithFilesWhere(
                Of("/home/a/shop/app.py", "/home/a/shop/web/app.py", "/usr/lib/python3.11/json/decoder.py", "<frozen os>"), there)));
        Assert.Same(here, ProfileRewriter.WithFilesWhere(here, apart));
    }

    private static Profile Of(params string[] files)
    {
        Profile profile = SampleProfiles.Empty();
        foreach (string file in files)
        {
            SampleProfiles.Stack(profile, (file, "work", 1, 1));
        }

        return profile;
    }

    private static IEnumerable<string> FilesOf(Profile profile) => Enumerable.Range(0, profile.Functions.Count)
        .Select(index => profile.Strings[profile.Functions[new FunctionId(index)].FileName]);
}
