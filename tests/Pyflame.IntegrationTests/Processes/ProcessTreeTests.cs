using System.Globalization;
using System.Runtime.Versioning;
using Pyflame.Processes;
using Pyflame.Processes.Linux;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Processes;

/// <summary>Who belongs to a process, found with and without the kernel's word on who was born.</summary>
[SupportedOSPlatform("linux")]
public sealed class ProcessTreeTests
{
    private static LinuxProcessTree Open(int processId, bool isBlind) =>
        new(processId, null, isBlind ? null : LastProcessId.TryOpen());

    private static int ReadId(PlainProcess shell) => int.Parse(shell.Output.ReadLine()!, CultureInfo.InvariantCulture);

    /// <summary>Updates until a process is reported, and returns all that were reported.</summary>
    private static List<TreeProcess> UpdateUntil(ProcessTree tree, int processId)
    {
        List<TreeProcess> born = [];
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    tree.Update(born);
                    return born.Exists(process => process.ProcessId == processId);
                },
                TestLimits.Step),
            $"process {processId} was not found");
        return born;
    }

    [Fact]
    public void The_kernel_tells_the_last_id()
    {
        using LastProcessId? last = LastProcessId.TryOpen();
        Assert.NotNull(last);
        int before = last.Read();
        using PlainProcess shell = PlainProcess.StartShell("read line");
        Assert.NotEqual(before, last.Read());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Those_that_are_there_are_found_with_their_parents_first(bool isBlind)
    {
        using PlainProcess shell = PlainProcess.StartShell("sh -c 'echo $$; sh -c \"echo \\$\\$; read line\"; true'; true");
        int child = ReadId(shell);
        int grandchild = ReadId(shell);
        using LinuxProcessTree tree = Open(shell.Id, isBlind);
        List<TreeProcess> born = [];
        tree.Update(born);
        Assert.Equal(shell.Id, tree.Root.ProcessId);
        Assert.Equal([(child, shell.Id), (grandchild, child)], born.Select(process => (process.ProcessId, process.ParentProcessId)));
        Assert.Equal("sh -c echo $$; read line", tree.ReadCommandLine(born[1]));
        born.Clear();
        tree.Update(born);
        Assert.Empty(born);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Those_that_are_born_later_are_found_also_when_their_parent_has_ended(bool isBlind)
    {
        // The child has a child, which has one of its own when it gets a signal.
        const string Orphan = "trap 'sleep 300 & echo $!' USR1; echo $$; while :; do sleep 0.05; done";
        const string Child = "echo $$; sh -c \"$1\" & wait";
        using PlainProcess shell = PlainProcess.Start(
            "/bin/sh", "-c", "echo ready; read line; sh -c \"$1\" sh \"$2\" & read line; kill -9 $!; echo killed; read line", "sh", Child, Orphan);
        Assert.Equal("ready", shell.Output.ReadLine());
        using LinuxProcessTree tree = Open(shell.Id, isBlind);
        List<TreeProcess> born = [];
        tree.Update(born);
        Assert.Empty(born);
        shell.Input.WriteLine();
        int child = ReadId(shell);
        int orphan = ReadId(shell);
        try
        {
            born = UpdateUntil(tree, orphan);
            Assert.Equal([(child, shell.Id), (orphan, child)], born.Take(2).Select(process => (process.ProcessId, process.ParentProcessId)));
            shell.Input.WriteLine();
            Assert.Equal("killed", shell.Output.ReadLine());
            Assert.Equal(0, TestLibc.Kill(orphan, TestLibc.User1));
            int last = ReadId(shell);
            born = UpdateUntil(tree, last);
            Assert.Equal(orphan, born.Single(process => process.ProcessId == last).ParentProcessId);
            Assert.DoesNotContain(born, process => process.ProcessId == orphan);
            Assert.Equal(0, TestLibc.Kill(last, TestLibc.Kill9));
        }
        finally
        {
            Assert.Equal(0, TestLibc.Kill(orphan, TestLibc.Kill9));
        }
    }

    [Fact]
    public void A_process_whose_parent_ended_before_anyone_looked_is_found_where_the_kernel_tells_of_births()
    {
        BirthEvents? events = BirthEvents.TryOpen();
        Assert.SkipWhen(events is null, "Takes root of the first namespaces, and a kernel with process events.");

        // Two generations end between two looks, and nothing that is left says whose the last one is: it has a session and a program of
        // its own.
        const string Left = "setsid sh -c 'echo $$; exec sleep 300' & exit 0";
        const string Middle = "sh -c \"$1\"; exit 0";
        const string Script = "echo ready; read line; sh -c \"$1\" sh \"$2\"; echo done; read line";
        using PlainProcess shell = PlainProcess.Start("/bin/sh", "-c", Script, "sh", Middle, Left);
        using PlainProcess stranger = PlainProcess.Start("/bin/sh", "-c", Script, "sh", Middle, Left);
        Assert.Equal(("ready", "ready"), (shell.Output.ReadLine(), stranger.Output.ReadLine()));
        using var tree = new LinuxProcessTree(shell.Id, null, LastProcessId.TryOpen(), events);
        List<TreeProcess> born = [];
        tree.Update(born);
        Assert.Empty(born);
        shell.Input.WriteLine();
        stranger.Input.WriteLine();
        int orphan = ReadOrphan(shell);
        int other = ReadOrphan(stranger);
        try
        {
            born = UpdateUntil(tree, orphan);
            Assert.Equal(orphan, Assert.Single(born).ProcessId);

            // Whatever was born by then was looked at, or is now.
            tree.Update(born);
            Assert.Single(born);
        }
        finally
        {
            Assert.Equal(0, TestLibc.Kill(orphan, TestLibc.Kill9));
            Assert.Equal(0, TestLibc.Kill(other, TestLibc.Kill9));
        }
    }

    /// <summary>The id that the last of a chain says, once the others have ended.</summary>
    private static int ReadOrphan(PlainProcess shell)
    {
        string[] lines = [shell.Output.ReadLine()!, shell.Output.ReadLine()!];
        return int.Parse(Assert.Single(lines, line => line != "done"), CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Strangers_and_threads_are_not_in_the_tree()
    {
        using PlainProcess shell = PlainProcess.StartShell("read line; (exit 0); echo $$; read line");
        using PlainProcess stranger = PlainProcess.StartShell("read line");
        using LinuxProcessTree tree = Open(Environment.ProcessId, isBlind: false);
        List<TreeProcess> born = [];
        tree.Update(born);
        Assert.Contains(born, process => process.ProcessId == shell.Id);
        using LinuxProcessTree other = Open(shell.Id, isBlind: false);
        other.Update(born = []);
        Assert.Empty(born);

        // A thread of ours has a number like a process, and a parent in the tree: ours.
        using var started = new ManualResetEventSlim();
        using var ending = new ManualResetEventSlim();
        int threadId = 0;
        var thread = new Thread(() =>
        {
            threadId = int.Parse(Path.GetFileName(new FileInfo("/proc/thread-self").LinkTarget!), CultureInfo.InvariantCulture);
            started.Set();
            ending.Wait(CancellationToken.None);
        });
        thread.Start();
        Assert.True(started.Wait(TestLimits.Step, TestContext.Current.CancellationToken));
        using PlainProcess second = PlainProcess.StartShell("read line");
        born = UpdateUntil(tree, second.Id);
        Assert.True(Directory.Exists($"/proc/{Environment.ProcessId}/task/{threadId}"));
        Assert.DoesNotContain(born, process => process.ProcessId == threadId);
        Assert.DoesNotContain(born, process => Directory.Exists($"/proc/{Environment.ProcessId}/task/{process.ProcessId}"));
        other.Update(born = []);
        Assert.Empty(born);
        ending.Set();
        Assert.True(thread.Join(TestLimits.Step));
    }
}
