using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Tests.Python.Snapshots;

namespace Pyflame.Tests.Python;

/// <summary>
/// Versions that cannot be installed here: processes laid out after their own headers, found and read as live ones are.
/// </summary>
public sealed class OldPythonTests
{
    private static readonly OldLayout[] s_layouts =
    [
        new("2.6.9", 0, VariableNames: 56, FileName: 80, Code: 32),
        new("2.7.18", 0, VariableNames: 56, FileName: 80, Code: 32),
        new("3.1.5", 0, VariableNames: 64, FileName: 88, Code: 40, CharacterSize: 2),
        new("3.1.5", 0, VariableNames: 64, FileName: 88, Code: 40, CharacterSize: 4),
        new("3.2.6", 0, VariableNames: 64, FileName: 88, Code: 40, CharacterSize: 2),
        new("3.2.6", 0, VariableNames: 64, FileName: 88, Code: 40, CharacterSize: 4),
        new("3.3.7", 0, VariableNames: 64, FileName: 96, Code: 40),
        new("3.4.10", 8, VariableNames: 64, FileName: 96, Code: 40),
        new("3.5.10", 8, VariableNames: 64, FileName: 96, Code: 40),
    ];

    public static TheoryData<string> Names => new(s_layouts.Select(layout => layout.ToString()));

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_names_files_and_lines_are_read(string name)
    {
        OldPython process = Make(name, exportsAccessor: false);

        AssertAsLaidOut(process, Layout(name).Version);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_list_of_interpreters_is_found_by_the_function_that_returns_it(string name)
    {
        OldPython process = Make(name, exportsAccessor: true);

        AssertAsLaidOut(process, Layout(name).Version);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Damaged_copies_end_in_a_status(string name)
    {
        OldPython process = Make(name, exportsAccessor: false);
        var memory = new ChangeableMemory(process.Memory) { MaxCalls = 400_000 };
        RemoteAddress[] words = [.. memory.Words()];
        var random = new Random(7);
        foreach (RemoteAddress word in words)
        {
            ulong before = memory.Exchange(word, random.Next(3) == 0 ? words[random.Next(words.Length)].Value : (ulong)random.NextInt64());
            memory.ResetCalls();
            try
            {
                Assert.All(
                    PythonSnapshot.Dump(memory, process.Facts, out _), dump => Assert.InRange(dump.Frames.Count, 0, StackReader.MaxDepth));
            }
            catch (TargetProcessException)
            {
                // No runtime is to be found in this memory.
            }

            memory.Exchange(word, before);
        }
    }

    private static OldLayout Layout(string name) => s_layouts.Single(layout => layout.ToString() == name);

    private static OldPython Make(string name, bool exportsAccessor)
    {
        var process = new OldPython(Layout(name), exportsAccessor);
        // Pairs of bytes and lines: line 11 from instruction 6 on, and 211 from 16 on, since differences had no sign up to 3.5.
        byte[] lines = [6, 1, 10, 200];
        process.SetStack(
            OldPython.FirstThread,
            ("<module>", "/srv/app.py", 10, lines, 3),
            ("größe", "/srv/größe 日本.py", 10, lines, 9),
            ("leaf", "/srv/app.py", 10, lines, 18));
        process.SetStack(OldPython.SecondThread, ("waiting", "/srv/worker.py", 70, [], -1));
        return process;
    }

    private static void AssertAsLaidOut(OldPython process, string version)
    {
        IReadOnlyList<ThreadDump> dumps = PythonSnapshot.Dump(process.Memory, process.Facts, out PythonRuntime runtime);

        Assert.Equal(version, runtime.Version.ToString());
        Assert.Equal([OldPython.SecondPthread, OldPython.FirstPthread], dumps.Select(dump => dump.PthreadId));
        Assert.Equal([4712, 4711], dumps.Select(dump => dump.OsThreadId));
        Assert.Equal([false, true], dumps.Select(dump => dump.HoldsGil));
        Assert.All(dumps, dump => Assert.Equal(StackStatus.Complete, dump.Status));
        Assert.Equal(["waiting /srv/worker.py:70"], SnapshotThread.Of(dumps[0]).Frames);
        Assert.Equal(
            ["leaf /srv/app.py:211", "größe /srv/größe 日本.py:11", "<module> /srv/app.py:10"], SnapshotThread.Of(dumps[1]).Frames);
    }
}
