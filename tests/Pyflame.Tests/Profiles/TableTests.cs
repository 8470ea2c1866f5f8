using Pyflame.Profiles;

namespace Pyflame.Tests.Profiles;

public sealed class TableTests
{
    [Fact]
    public void Strings_are_kept_once_and_index_zero_is_empty()
    {
        var strings = new StringTable();

        Assert.Equal(new StringId(0), strings.Intern(""));
        Assert.Equal(new StringId(1), strings.Intern("leaf"));
        Assert.Equal(new StringId(2), strings.Intern("Leaf"));
        Assert.Equal(new StringId(1), strings.Intern("leaf"));
        Assert.Equal("Leaf", strings[new StringId(2)]);
        Assert.Equal(3, strings.Count);
    }

    [Fact]
    public void Stacks_share_their_parents()
    {
        var stacks = new StackTable();
        StackId a = stacks.Intern(StackId.Empty, new FrameId(7));
        StackId ab = stacks.Intern(a, new FrameId(8));
        StackId ac = stacks.Intern(a, new FrameId(9));

        Assert.Equal(ab, stacks.Intern(a, new FrameId(8)));
        Assert.Equal(4, stacks.Count);
        Assert.Equal(a, stacks.Parent(ab));
        Assert.Equal(a, stacks.Parent(ac));
        Assert.Equal(StackId.Empty, stacks.Parent(a));
        Assert.Equal(StackId.Empty, stacks.Parent(StackId.Empty));
        Assert.Equal(0, stacks.Depth(StackId.Empty));
        Assert.Equal(2, stacks.Depth(ac));

        Span<FrameId> frames = new FrameId[5];
        Assert.Equal(2, stacks.CopyFrames(ac, frames));
        Assert.Equal([new FrameId(7), new FrameId(9)], frames[..2].ToArray());
    }

    [Fact]
    public void Many_stacks_keep_their_ids()
    {
        var stacks = new StackTable();
        var expected = new List<StackId>();
        StackId parent = StackId.Empty;
        for (int index = 0; index < 100_000; index++)
        {
            StackId stack = stacks.Intern(parent, new FrameId(index % 977));
            expected.Add(stack);
            parent = index % 50 == 0 ? StackId.Empty : stack;
        }

        parent = StackId.Empty;
        for (int index = 0; index < expected.Count; index++)
        {
            Assert.Equal(expected[index], stacks.Intern(parent, new FrameId(index % 977)));
            parent = index % 50 == 0 ? StackId.Empty : expected[index];
        }
    }

    [Fact]
    public void Functions_differ_by_every_part()
    {
        var functions = new FunctionTable();
        var info = new FunctionInfo(new StringId(1), new StringId(2), new StringId(3), 4);

        Assert.Equal(new FunctionId(0), functions.Intern(info));
        Assert.Equal(new FunctionId(1), functions.Intern(info with { FirstLineNumber = 5 }));
        Assert.Equal(new FunctionId(2), functions.Intern(info with { QualifiedName = new StringId(9) }));
        Assert.Equal(new FunctionId(0), functions.Intern(info));
        Assert.Equal(info, functions[new FunctionId(0)]);
        Assert.Throws<IndexOutOfRangeException>(() => functions[new FunctionId(3)]);
    }

    [Fact]
    public void A_log_gives_back_what_it_took_in_whole_microseconds()
    {
        var log = new SampleLog();
        var random = new Random(4711);
        var expected = new List<Sample>();
        long time = -5_000_000;
        for (int index = 0; index < 20_000; index++)
        {
            time += random.Next(10) == 0 ? random.NextInt64(-1_000_000, 1_000_000_000) : random.Next(0, 20_000);
            var sample = new Sample(
                time, new ProfiledThreadId(random.Next(30)), new StackId(random.Next(5) == 0 ? int.MaxValue - 1 : random.Next(100)),
                (SampleState)random.Next(256), random.Next(20) == 0 ? random.Next() : 1);
            log.Add(sample);
            expected.Add(sample with { TimestampNanoseconds = (long)Math.Floor(time / 1000.0) * 1000 });
        }

        Assert.Equal(expected, log);
        Assert.Equal(20_000, log.Count);
        Assert.Equal(expected.Sum(sample => (long)sample.Weight), log.TotalWeight);
    }
}
