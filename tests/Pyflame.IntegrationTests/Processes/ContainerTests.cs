using System.Globalization;
using System.Runtime.Versioning;
using Pyflame.Processes;
using Pyflame.Processes.Linux;

namespace Pyflame.IntegrationTests.Processes;

/// <summary>Targets in namespaces of their own, as containers are made of.</summary>
[SupportedOSPlatform("linux")]
public sealed class ContainerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pyflame-container-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Ids_are_told_as_we_and_as_the_target_see_them()
    {
        using PlainProcess container = StartContainer(["--pid", "--fork", "--kill-child"], "echo $$; read line");
        Assert.Equal("1", container.Output.ReadLine());
        using TargetProcess target = TargetProcess.Attach(ChildOf(container.Id));
        Assert.Equal(1, target.NamespaceProcessId);
        Assert.NotEqual(1, target.ProcessId);
        NativeThread thread = Assert.Single(target.ReadThreads());
        Assert.Equal(target.ProcessId, thread.Id);
        Assert.Equal(1, thread.NamespaceId);
        Assert.True(target.TryPauseThread(thread.Id, out ProcessPause pause));
        pause.Dispose();
    }

    [Fact]
    public void Files_are_those_of_the_target()
    {
        File.WriteAllText(Path.Combine(folder, "file"), "ours");
        using PlainProcess container = StartContainer(
            ["--mount"],
            $"mount -t tmpfs none {folder} && echo theirs > {folder}/file && ln -s {folder}/file {folder}/link && cd {folder} "
                + "&& echo ready && read line");
        Assert.Equal("ready", container.Output.ReadLine());
        using TargetProcess target = TargetProcess.Attach(container.Id);
        Assert.Equal("theirs\n", Content(target, folder + "/file"));
        Assert.Equal("theirs\n", Content(target, folder + "/link"));
        Assert.Equal("theirs\n", Content(target, "file"));
        Assert.Equal(folder, target.ReadWorkingDirectory());
    }

    [Fact]
    public void No_link_leads_out_of_the_root_of_the_target()
    {
        // The whole root again below a folder, with an empty /tmp, so that the secret is there for us but not for the
        // target.
        string secret = Path.Combine(folder, "secret");
        File.WriteAllText(secret, "ours");
        string root = Directory.CreateDirectory(Path.Combine(folder, "root")).FullName;
        using PlainProcess container = StartContainer(
            ["--mount"],
            $"mount --bind / {root} && mount -t tmpfs none {root}/tmp && mount -t proc none {root}/proc && cd {root}/tmp "
                + $"&& ln -s {secret} evil && ln -s ../../../../../../../..{secret} climb && ln -s /proc/1/root{secret} magic && ln -s loop loop "
                + "&& mkfifo pipe && echo good > file && ln -s /tmp/file link "
                + $"&& exec chroot {root} sh -c 'echo ready; read line'");
        Assert.Equal("ready", container.Output.ReadLine());
        using TargetProcess target = TargetProcess.Attach(container.Id);
        foreach (string name in new[] { "evil", "climb", "magic", "loop", "pipe", "missing", "file/below" })
        {
            Assert.Null(target.TryOpenFile("/tmp/" + name));
        }

        Assert.Null(target.TryOpenFile(secret));
        Assert.Equal("good\n", Content(target, "/tmp/file"));
        Assert.Equal("good\n", Content(target, "/tmp/link"));
        Assert.Equal("good\n", Content(target, "/tmp/../../tmp/./link"));
        AssertOldKernelWalk(target.ProcessId);
        Assert.NotNull(target.ReadModules()[0].File);
    }

    /// <summary>What stands in for openat2(2) on kernels before 5.6 must hold as tight.</summary>
    private static void AssertOldKernelWalk(int processId)
    {
        using ProcFolder proc = ProcFolder.TryOpen(processId, out _)!;
        int root = ProcFolder.Open(proc.Descriptor, "root", Pyflame.Processes.Linux.Interop.Libc.OpenPathOnly, out _);
        Assert.True(root >= 0);
        foreach ((string path, bool found) in new[]
        {
            ("/tmp/file", true), ("/tmp/link", true), ("/tmp/../../tmp/./link", true), ("tmp/file", true), ("/tmp/pipe", true),
            ("/tmp/evil", false), ("/tmp/climb", false), ("/tmp/loop", false), ("/tmp/missing", false), ("/tmp/file/below", false), ("/..", false),
        })
        {
            int descriptor = PathWalk.TryOpen(root, path);
            Assert.Equal(found, descriptor >= 0);
            if (descriptor >= 0)
            {
                _ = Pyflame.Processes.Linux.Interop.Libc.Close(descriptor);
            }
        }

        _ = Pyflame.Processes.Linux.Interop.Libc.Close(root);
    }

    private static string Content(TargetProcess target, string path)
    {
        using Stream? stream = target.TryOpenFile(path);
        Assert.NotNull(stream);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static PlainProcess StartContainer(string[] namespaces, string script)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Takes root, to make namespaces.");
        return PlainProcess.Start("/usr/bin/unshare", [.. namespaces, "/bin/sh", "-c", script]);
    }

    private static int ChildOf(int parent)
    {
        foreach (string process in Directory.GetDirectories("/proc").Where(static path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            string status = Path.Combine(process, "status");
            if (File.Exists(status) && File.ReadAllText(status).Contains($"\nPPid:\t{parent}\n", StringComparison.Ordinal))
            {
                return int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException($"Process {parent} has no child.");
    }
}
