using Pyflame.Cli.Commands;
using Pyflame.Profiles;

namespace Pyflame.Tests.Cli;

public sealed class PythonStacksOnlyTests
{
    [Fact]
    public void Samples_without_a_frame_are_left_out()
    {
        var counts = new StackCounts();
        var sink = new PythonStacksOnly(counts);
        sink.Add(new Sample(0, default, default, SampleState.HoldsGil, 1));
        sink.Add(new Sample(1, default, new StackId(3), SampleState.HoldsGil, 1));
        Assert.Equal(new StackCount(default, new StackId(3), 1), Assert.Single(Enumerable.Range(0, counts.Count).Select(index => counts[index])));
    }
}
