using Pyflame.Cli.Commands;
using Pyflame.Profiles.Export;

namespace Pyflame.Tests.Cli;

public sealed class RecordingFilesTests
{
    private static readonly IProfileWriter Collapsed = FormatRegistry.FindByName("collapsed")!;
    private static readonly IProfileWriter Speedscope = FormatRegistry.FindByName("speedscope")!;

    [Fact]
    public void The_name_of_our_own_has_process_time_and_ending() => Assert.Equal(
        "python-4711-20260102T020405Z.collapsed",
        RecordingFiles.DefaultName(4711, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)), Collapsed));

    [Theory]
    [InlineData("day.txt", 1, "day-0001.txt")]
    [InlineData("/a.b/day.txt", 23, "/a.b/day-0023.txt")]
    [InlineData("day", 10000, "day-10000")]
    public void Numbers_stand_before_the_ending(string path, int number, string expected) =>
        Assert.Equal(expected, RecordingFiles.Numbered(path, number, Collapsed));

    [Fact]
    public void An_ending_of_two_parts_stays_whole() =>
        Assert.Equal("day-0002.speedscope.json", RecordingFiles.Numbered("day.speedscope.json", 2, Speedscope));
}
