using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Pyflame.IntegrationTests.Processes;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Binaries;

/// <summary>Debian's uWSGI with its Python plugin: Python in a library of a server in C, in workers that were forked.</summary>
public sealed class UwsgiTests : IDisposable
{
    private const string Application =
        """
        import os


        def block(announcements, gate):
            announcements.write("%d\n" % os.getpid()), announcements.flush(), gate.read(1)


        def application(environ, start_response):
            with open(os.environ["ANNOUNCEMENTS"], "w") as announcements, open(os.environ["GATE"], "rb", buffering=0) as gate:
                block(announcements, gate)
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"done"]

        """;

    private readonly string? _root = UnpackedPrograms.RootOf("uwsgi-plugin-python3");
    private readonly string _name = $"/tmp/pyflame-{Guid.NewGuid():N}";

    private string Folder => _root + _name;

    public void Dispose()
    {
        if (_root is not null && Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_worker_is_read_while_it_serves_a_request()
    {
        Assert.SkipWhen(_root is null, UnpackedPrograms.Missing);
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "app.py"), Application);
        Assert.Equal(0, TestLibc.MakeFifo(Path.Combine(Folder, "announcements"), 0x1b6));
        Assert.Equal(0, TestLibc.MakeFifo(Path.Combine(Folder, "gate"), 0x1b6));
        using PlainProcess server = PlainProcess.Start(
            "/bin/sh",
            "-c",
            $"ANNOUNCEMENTS={_name}/announcements GATE={_name}/gate exec chroot {_root} /usr/bin/uwsgi-core --plugin python311 "
                + $"--http-socket {_name}/socket --wsgi-file {_name}/app.py --need-app --master --processes 2 2>&1");
        WaitFor(server, "spawned uWSGI worker 2");

        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(Path.Combine(Folder, "socket")));
        client.Send("GET / HTTP/1.0\r\n\r\n"u8);
        // Opened both ways, so that no side waits for the other to open.
        using var announcements = new StreamReader(new FileStream(Path.Combine(Folder, "announcements"), FileMode.Open, FileAccess.ReadWrite));
        using var gate = new FileStream(Path.Combine(Folder, "gate"), FileMode.Open, FileAccess.ReadWrite);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string? announced = await Task.Run(announcements.ReadLine, cancellation).WaitAsync(TestLimits.Step, cancellation);
        int worker = int.Parse(announced!, CultureInfo.InvariantCulture);
        using (TargetProcess target = TargetProcess.Attach(worker))
        {
            PythonRuntime runtime = PythonRuntime.Locate(target);
            ThreadDump dump = Assert.Single(ThreadDumper.Dump(target, runtime, new DumpOptions { Names = true }));
            Assert.Equal("libpython3.11.so.1.0", Path.GetFileName(runtime.Module.Path));
            Assert.Equal(worker, dump.OsThreadId);
            Assert.StartsWith("uWSGIWorker", dump.Name, StringComparison.Ordinal);
            Assert.Equal(
                [("block", _name + "/app.py", 5), ("application", _name + "/app.py", 10)],
                dump.Frames.Select(frame => (frame.Function, frame.FileName, frame.Line)));
        }

        gate.WriteByte(1);
        gate.Flush();
        byte[] answer = new byte[1024];
        int count = 0;
        for (int more; (more = client.Receive(answer.AsSpan(count))) > 0;)
        {
            count += more;
        }

        Assert.EndsWith("done", Encoding.ASCII.GetString(answer, 0, count), StringComparison.Ordinal);
    }

    private static void WaitFor(PlainProcess server, string message)
    {
        var said = new StringBuilder();
        while (server.Output.ReadLine() is { } line)
        {
            said.AppendLine(line);
            if (line.StartsWith(message, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"uWSGI ended without saying '{message}':\n{said}");
    }
}
