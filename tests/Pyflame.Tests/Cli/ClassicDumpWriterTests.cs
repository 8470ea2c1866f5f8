using System.Text;
using Pyflame.Cli.Commands;
using Pyflame.Python;
using Pyflame.Recording;

namespace Pyflame.Tests.Cli;

public sealed class ClassicDumpWriterTests
{
    private static readonly ThreadDump s_worker = new(
        140001,
        1235,
        HoldsGil: true,
        "worker",
        StackStatus.Complete,
        [new DumpedFrame("/a/app.py", "leaf", "Job.leaf", 14), new DumpedFrame("/a/app.py", "work", "work", 25)]);

    private static readonly ThreadDump s_main = new(
        140000, 1234, HoldsGil: false, "python", StackStatus.Complete, [new DumpedFrame("/a/关\x1b[2J\n.py", "<module>", "<module>", 32)]);

    private static string Dump(bool lineNumbers, params ThreadDump[] threads)
    {
        using var stream = new MemoryStream();
        ClassicDumpWriter.Write(threads, stream, lineNumbers);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [Fact]
    public void Frames_follow_the_thread_innermost_first() => Assert.Equal(
        "140001*:\n/a/app.py:leaf:14\n/a/app.py:work:25\n\n140000:\n/a/关 [2J .py:<module>:32\n", Dump(true, s_worker, s_main));

    [Fact]
    public void Lines_may_be_left_out() => Assert.Equal("140001*:\n/a/app.py:leaf\n/a/app.py:work\n", Dump(false, s_worker));

    [Fact]
    public void A_holder_that_cannot_be_known_has_no_star() =>
        Assert.Equal("140001:\n", Dump(true, s_worker with { HoldsGil = null, Frames = [] }));

    [Fact]
    public void No_threads_are_no_lines() => Assert.Equal(string.Empty, Dump(true));
}
