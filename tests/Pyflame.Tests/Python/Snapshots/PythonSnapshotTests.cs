using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;

namespace Pyflame.Tests.Python.Snapshots;

/// <summary>
/// Processes that were recorded under every version (<c>./build.sh snapshots</c>): read as they were, and damaged in thousands of
/// ways, each of which must end in a status.
/// </summary>
public sealed class PythonSnapshotTests
{
    // Far above what any damaged copy takes; what never ends goes beyond every limit.
    private const int MostReads = 400_000;
    private const long MostBytes = 192 << 20;

    public static TheoryData<string> Names =>
        new(["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"]);

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_and_frames_are_those_that_the_interpreter_reported(string name)
    {
        PythonSnapshot snapshot = Load(name);

        IReadOnlyList<ThreadDump> dumps = PythonSnapshot.Dump(snapshot.Memory, snapshot.Facts, out PythonRuntime runtime);

        Assert.Equal(snapshot.Facts.Version, runtime.Version.ToString());
        SnapshotAssert.IsAsReported(snapshot.Facts, dumps);
        ThreadDump main = dumps.Single(dump => dump.IsMain);
        Assert.Equal("größe 日本.py", main.Frames.Single(frame => frame.Function == "named").FileName);
        Assert.Equal(41, dumps.Single(dump => !dump.IsMain).Frames.Count(frame => frame.Function == "deeper"));
        DumpedFrame leaf = main.Frames.Single(frame => frame.Function == "leaf");
        Assert.Equal(
            [("numbers", "[1, 2.5]", true), ("text", "'plain text'", false), ("mapping", "{'key': (True, None)}", false)],
            leaf.Variables.Skip(1).Select(variable => (variable.Name, variable.Value, variable.IsArgument)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_damaged_word_ends_in_a_status(string name)
    {
        PythonSnapshot snapshot = Load(name);
        var memory = new ChangeableMemory(snapshot.Memory) { MaxCalls = MostReads };
        RemoteAddress[] words = [.. memory.Words()];
        var random = new Random(20_000 + name.Length);

        Assert.True(words.Length > 1000, $"the snapshot has {words.Length} words only");
        foreach (RemoteAddress word in words)
        {
            ulong before = memory.Exchange(word, 0);
            memory.Exchange(word, Damage(before, word, words, random));
            AssertEndsInStatus(memory, snapshot.Facts, () => $"word at {word}");
            memory.Exchange(word, before);
        }

        // Nothing of the damage is left.
        SnapshotAssert.IsAsReported(snapshot.Facts, PythonSnapshot.Dump(memory, snapshot.Facts, out _));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Much_damage_at_once_ends_in_a_status(string name)
    {
        PythonSnapshot snapshot = Load(name);
        var memory = new ChangeableMemory(snapshot.Memory) { MaxCalls = MostReads };
        RemoteAddress[] words = [.. memory.Words()];
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            (RemoteAddress Address, ulong Before)[] damaged = [.. random.GetItems(words, 1 + random.Next(32))
                .Distinct().Select(word => (word, memory.Exchange(word, 0)))];
            foreach ((RemoteAddress address, ulong before) in damaged)
            {
                memory.Exchange(address, Damage(before, address, words, random));
            }

            AssertEndsInStatus(memory, snapshot.Facts, () => $"seed {seed}");
            foreach ((RemoteAddress address, ulong before) in damaged)
            {
                memory.Exchange(address, before);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Memory_that_ends_anywhere_ends_in_a_status(string name)
    {
        PythonSnapshot snapshot = Load(name);
        var memory = new ChangeableMemory(snapshot.Memory) { MaxCalls = MostReads };
        int[] lengths = [.. memory.Pieces.Select(piece => piece.Bytes.Length)];
        for (int i = 0; i < lengths.Length; i++)
        {
            memory.SetEnd(i, lengths[i] / 2);
            AssertEndsInStatus(memory, snapshot.Facts, () => $"piece {i} cut");
            memory.SetEnd(i, lengths[i]);
        }
    }

    private static PythonSnapshot Load(string version) =>
        PythonSnapshot.Load(Path.Combine(AppContext.BaseDirectory, "Python", "Snapshots"), "cpython-" + version);

    // Pointers to nowhere, in a circle, into the middle of other objects; lengths and counts beyond all bounds; single bits.
    private static ulong Damage(ulong before, RemoteAddress word, RemoteAddress[] words, Random random) => random.Next(8) switch
    {
        0 => 0,
        1 => ulong.MaxValue,
        2 => word.Value,
        3 => before + 8,
        4 => words[random.Next(words.Length)].Value,
        5 => (ulong)random.NextInt64(),
        6 => before ^ 0x7FFF_FFFF,
        _ => before ^ (1UL << random.Next(64)),
    };

    private static void AssertEndsInStatus(ChangeableMemory memory, SnapshotFacts facts, Func<string> what)
    {
        memory.ResetCalls();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            foreach (ThreadDump dump in PythonSnapshot.Dump(memory, facts, out _))
            {
                Assert.True(Enum.IsDefined(dump.Status));
                Assert.InRange(dump.Frames.Count, 0, StackReader.MaxDepth);
            }
        }
        catch (TargetProcessException)
        {
            // Attaching says what is wrong: no runtime is to be found in this memory.
        }
        catch (Exception exception)
        {
            Assert.Fail($"{what()}: {exception}");
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.True(allocated < MostBytes, $"{what()}: {allocated} bytes were allocated");
    }
}
