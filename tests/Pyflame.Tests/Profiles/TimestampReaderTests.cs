using System.Text;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Tests.Profiles;

public sealed class TimestampReaderTests
{
    private static Profile Read(string text) => TimestampReader.Read(new StringReader(text));

    private static string Write(Profile profile)
    {
        using var stream = new MemoryStream();
        new TimestampWriter().Write(profile, stream, ExportOptions.Default);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1479600000000123\n/a/app.py:<module>:32;/a/app.py:work:25;\n")]
    [InlineData("1479600000000123\n(idle)\n1479600000001123\n(failed)\n")]
    [InlineData("1479600000000000\n/a/app.py:<module>;/a/app.py:leaf;\n1479600000001000\n/a:b/åpp.py:日本:1;\n")]
    public void What_was_written_is_read_back(string text) => Assert.Equal(text, Write(Read(text)));

    [Fact]
    public void Frames_have_their_file_function_and_line()
    {
        Profile profile = Read("1000\nC:/a b.py:<lambda>:7;only_a_name;/a.py:f;\n");
        Sample sample = Assert.Single(profile.Samples!);
        var frames = new List<(string File, string Name, int Line)>();
        for (StackId stack = sample.Stack; stack != default; stack = profile.Stacks.Parent(stack))
        {
            FrameInfo frame = profile.Frames[profile.Stacks.Frame(stack)];
            FunctionInfo function = profile.Functions[frame.Function];
            frames.Add((profile.Strings[function.FileName], profile.Strings[function.Name], frame.LineNumber));
        }

        Assert.Equal([("/a.py", "f", 0), ("", "only_a_name", 0), ("C:/a b.py", "<lambda>", 7)], frames);
    }

    [Fact]
    public void Times_count_from_the_first_sample()
    {
        Profile profile = Read("1479600000000123\n(idle)\n1479600000002123\n(idle)\n");
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMicroseconds(1479600000000123), profile.Circumstances.StartUtc);
        Assert.Equal([0, 2_000_000], profile.Samples!.Select(sample => sample.TimestampNanoseconds));
    }

    [Fact]
    public void Threads_are_told_apart_by_their_place_from_the_end_of_a_round()
    {
        Profile profile = Read("1000\nm:1;\n2000\nw:2;\n2000\nm:1;\n3000\nv:3;\n3000\nw:2;\n3000\nm:1;\n");
        Assert.Equal([true, false, false], profile.Threads.Select(thread => thread.IsMain));
        Assert.Equal(
            [(0, 0L), (1, 1_000_000L), (0, 1_000_000L), (2, 2_000_000L), (1, 2_000_000L), (0, 2_000_000L)],
            profile.Samples!.Select(sample => (sample.Thread.Value, sample.TimestampNanoseconds)));
    }

    [Fact]
    public void A_cut_off_end_is_left_out() => Assert.Equal(1, Read("1000\n(idle)\n2000\n").Samples!.Count);

    [Theory]
    [InlineData("hello\n", "line 1 is not a time in microseconds")]
    [InlineData("999999999999999999\n(idle)\n", "line 2 is not a time in microseconds")]
    [InlineData("1000\n(idle)\n\n", "line 3 is not a time in microseconds")]
    [InlineData("1000\n/a.py:f:1 12\n", "line 2 is not a stack, each frame of which ends in a semicolon")]
    [InlineData("2000\n(idle)\n1000\n(idle)\n", "line 4 goes back in time")]
    public void Anything_else_is_refused(string text, string problem)
    {
        ProfileFormatException refusal = Assert.Throws<ProfileFormatException>(() => Read(text));
        Assert.Equal(problem, refusal.Problem);
    }
}
