using System.Text;
using System.Text.Json;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.Tests.Profiles;

/// <summary>What holds for every format.</summary>
public sealed class FormatTests
{
    public static TheoryData<string> Names => [.. FormatRegistry.Writers.Select(writer => writer.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_profile_without_samples_is_written(string name)
    {
        Profile profile = SampleProfiles.Empty();
        profile.Samples = new SampleLog();

        Write(name, profile);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_profile_with_counts_alone_is_written_or_refused_with_a_remedy(string name)
    {
        Profile profile = SampleProfiles.TwoThreads();
        profile.Samples = null;
        if (FormatRegistry.FindByName(name)!.NeedsTimeOrder)
        {
            var exception = Assert.Throws<ProfileFormatException>(() => Write(name, profile));
            Assert.Equal(
                $"the profile holds only how often each stack was seen, and {name} needs the samples in time order", exception.Problem);
        }
        else
        {
            Assert.NotEmpty(Write(name, profile));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Stacks_of_many_thousand_frames_and_names_of_any_text_are_written(string name)
    {
        Profile profile = SampleProfiles.TwoThreads();
        StackId stack = StackId.Empty;
        for (int depth = 0; depth < 20_000; depth++)
        {
            stack = SampleProfiles.Push(profile, stack, "/\u0001\"'<&>\\;\ud800.py", $"数\n{depth % 7}", 0, depth % 5);
        }

        SampleProfiles.Add(profile, 20 * SampleProfiles.Millisecond, 0, stack);
        SampleProfiles.Add(profile, 21 * SampleProfiles.Millisecond, 1, StackId.Empty, SampleState.Failed);
        profile.Threads[1] = profile.Threads[1] with { Name = "\"\n\u0000<b>" };
        byte[] written = Write(name, profile, new ExportOptions { ThreadFrames = true, ProcessFrames = true, QualifiedNames = true });

        if (FormatRegistry.FindByName(name)!.FileEndings[0].EndsWith(".json", StringComparison.Ordinal) || name == "cpuprofile")
        {
            JsonDocument.Parse(written).Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_destination_stays_open(string name)
    {
        using var stream = new MemoryStream();
        FormatRegistry.FindByName(name)!.Write(SampleProfiles.TwoThreads(), stream, ExportOptions.Default);

        Assert.True(stream.CanWrite);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_ending_finds_its_format(string name) => Assert.All(
        FormatRegistry.FindByName(name)!.FileEndings,
        ending => Assert.Equal(name, FormatRegistry.FindByFileName("/tmp/a.b" + ending)!.Name));

    [Fact]
    public void Timestamps_are_microseconds_since_the_epoch_and_frames_end_in_semicolons()
    {
        Profile profile = SampleProfiles.TwoThreads();
        profile.Samples = new SampleLog();
        SampleProfiles.Add(profile, 1_234_567, 0, SampleProfiles.Stack(profile, ("/a.py", "f", 1, 2), ("/b.py", "g", 3, 4)));
        SampleProfiles.Add(profile, 2_000_000, 0, SampleProfiles.Push(profile, StackId.Empty, "", "(idle)", 0, 0, null, FrameKind.Marker));

        Assert.Equal(
            "1772366400001234\n/a.py:f:2;/b.py:g:4;\n1772366400002000\n(idle)\n", Encoding.UTF8.GetString(Write("timestamps", profile)));
    }

    private static byte[] Write(string name, Profile profile, ExportOptions? options = null)
    {
        using var stream = new MemoryStream();
        FormatRegistry.FindByName(name)!.Write(profile, stream, options ?? ExportOptions.Default);
        return stream.ToArray();
    }
}
