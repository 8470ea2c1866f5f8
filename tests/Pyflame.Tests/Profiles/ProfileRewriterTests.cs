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
}
