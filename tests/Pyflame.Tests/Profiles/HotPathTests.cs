using Pyflame.Profiles;

namespace Pyflame.Tests.Profiles;

public sealed class HotPathTests
{
    [Fact]
    public void Known_stacks_and_counts_allocate_nothing()
    {
        var functions = new FunctionTable();
        var frames = new FrameTable();
        var stacks = new StackTable();
        var counts = new StackCounts();
        Round(functions, frames, stacks, counts);
        int runs = 0;

        Assert.Equal(0, Allocations.Least(() =>
        {
            runs++;
            for (int round = 0; round < 1000; round++)
            {
                Round(functions, frames, stacks, counts);
            }
        }));
        Assert.Equal(50 * ((runs * 1000) + 1), counts.TotalWeight);
        Assert.Equal(50, counts.Count);
        Assert.Equal(51, stacks.Count);
    }

    [Fact]
    public void Samples_within_a_block_allocate_nothing()
    {
        var log = new SampleLog();
        log.Add(new Sample(0, new ProfiledThreadId(19), StackId.Empty, SampleState.None, 1));
        int runs = 0;

        Assert.Equal(0, Allocations.Least(() =>
        {
            runs++;
            for (int index = 0; index < 2000; index++)
            {
                log.Add(new Sample(index * 777L, new ProfiledThreadId(index % 20), new StackId(index * 31 % 1000), SampleState.OnCpu, 1));
            }
        }));
        Assert.Equal((runs * 2000) + 1, log.Count);
    }

    [Fact]
    public void Writing_known_samples_to_a_file_allocates_nothing()
    {
        Profile profile = SampleProfiles.TwoThreads();
        using var writer = new ProfileFileWriter(Stream.Null, profile);
        int round = 0;
        Write(writer, round);

        Assert.Equal(0, Allocations.Least(() => Write(writer, ++round)));
        // Some blocks were written, whichever run was the first that allocated nothing.
        Assert.InRange(writer.BytesWritten, 500, 1_000_000);

        static void Write(ProfileFileWriter writer, int round)
        {
            for (int index = 0; index < 20_000; index++)
            {
                long time = ((round * 20_000L) + index) * 100_000;
                writer.Add(new Sample(time, new ProfiledThreadId(index % 2), new StackId(index % 7 % 5), SampleState.OnCpu, 1));
            }
        }
    }

    private static void Round(FunctionTable functions, FrameTable frames, StackTable stacks, StackCounts counts)
    {
        StackId stack = StackId.Empty;
        for (int depth = 0; depth < 50; depth++)
        {
            FunctionId function = functions.Intern(new FunctionInfo(new StringId(depth), new StringId(depth), new StringId(1), 10));
            FrameId frame = frames.Intern(new FrameInfo(function, 10 + depth, FrameKind.Python));
            stack = stacks.Intern(stack, frame);
            counts.Add(new Sample(0, new ProfiledThreadId(3), stack, SampleState.OnCpu, 1));
        }
    }
}
