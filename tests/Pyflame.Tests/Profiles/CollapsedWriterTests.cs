using System.Text;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Tests.Profiles;

public sealed class CollapsedWriterTests
{
    [Fact]
    public void Stacks_are_lines_root_first() => Assert.Equal(
        """
        /a/app.py:<module>:32;/a/app.py:work:25 3
        /a/app.py:<module>:32;/a/app.py:work:25;/a/app.py:leaf:14 5
        /a/app.py:<module>:32;/a/app.py:work:25;/a/app.py:leaf:15 2
        /a/pool.py:run:9;/a/pool.py:wait:41 8

        """,
        Write(SampleProfiles.TwoThreads(), ExportOptions.Default));

    [Fact]
    public void Without_line_numbers_equal_stacks_are_one_line() => Assert.Equal(
        """
        /a/app.py:<module>;/a/app.py:work 3
        /a/app.py:<module>;/a/app.py:work;/a/app.py:leaf 7
        /a/pool.py:run;/a/pool.py:wait 8

        """,
        Write(SampleProfiles.TwoThreads(), new ExportOptions { LineNumbers = false }));

    [Fact]
    public void Threads_and_qualified_names_are_shown_on_demand() => Assert.Equal(
        """
        process 4711: python3 /a/app.py;MainThread (4711);<module>;work 3
        process 4711: python3 /a/app.py;MainThread (4711);<module>;work;leaf 7
        process 4711: python3 /a/app.py;worker-0 (4712);run;Pool.wait 8

        """,
        Write(
            SampleProfiles.TwoThreads(),
            new ExportOptions { FileNames = false, QualifiedNames = true, ThreadFrames = true, ProcessFrames = true }));

    [Fact]
    public void Counting_the_log_gives_the_same_as_the_counts()
    {
        Profile profile = SampleProfiles.TwoThreads();
        string fromCounts = Write(profile, ExportOptions.Default);
        profile.Counts = null;

        Assert.Equal(fromCounts, Write(profile, ExportOptions.Default));
    }

    [Fact]
    public void Names_never_split_a_line_or_a_stack()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 1, null, true));
        profile.Samples = new SampleLog();
        SampleProfiles.Add(profile, 0, 0, SampleProfiles.Stack(profile, ("/a;b\n.py", "f\u2028g\u0085\r", 1, 2)));
        SampleProfiles.Add(profile, 0, 0, SampleProfiles.Stack(profile, ("/a:b\t.py", "f g\u001b\u009f", 1, 2)));
        SampleProfiles.Add(profile, 0, 0, SampleProfiles.Stack(profile, ("/πρόγραμμα.py", "数える𝔘\udc80", 1, 2)));
        SampleProfiles.Add(profile, 0, 0, SampleProfiles.Push(profile, StackId.Empty, "", "(idle)", 0, 0, null, FrameKind.Marker));
        SampleProfiles.Add(profile, 0, 0, StackId.Empty, SampleState.Failed, 3);
        SampleProfiles.Add(profile, 0, 0, SampleProfiles.Stack(profile, ("", "", 0, 0)));

        Assert.Equal(
            "(idle) 1\n(no stack) 3\n(unnamed) 1\n/a:b .py:f g  :2 2\n/πρόγραμμα.py:数える𝔘\ufffd:2 1\n",
            Write(profile, ExportOptions.Default));
    }

    [Fact]
    public void An_empty_profile_is_an_empty_file()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Counts = new StackCounts();

        Assert.Equal("", Write(profile, ExportOptions.Default));
    }

    [Fact]
    public void Stacks_of_many_thousand_frames_are_written()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 1, null, true));
        profile.Counts = new StackCounts();
        StackId stack = StackId.Empty;
        for (int depth = 0; depth < 100_000; depth++)
        {
            stack = SampleProfiles.Push(profile, stack, "", "f", 0, 0);
        }

        SampleProfiles.Add(profile, 0, 0, stack);

        Assert.Equal(string.Join(';', Enumerable.Repeat("f", 100_000)) + " 1\n", Write(profile, ExportOptions.Default));
    }

    private static string Write(Profile profile, ExportOptions options)
    {
        using var stream = new MemoryStream();
        new CollapsedWriter().Write(profile, stream, options);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
