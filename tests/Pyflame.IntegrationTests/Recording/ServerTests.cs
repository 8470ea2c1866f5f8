using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Pyflame.IntegrationTests.Processes;
using Pyflame.Profiles;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Servers that fork their workers, as Debian has them: a recording of the master shows what the workers work at.</summary>
public sealed class ServerTests : IDisposable
{
    private const long Enough = 20;

    private const string Work =
        """
        import os


        def spin():
            while os.access(__file__, os.F_OK):
                for _ in range(20000):
                    pass


        def say_and_spin():
            os.write(1, ("worker %d\n" % os.getpid()).encode())
            spin()


        """;

    private const string Gunicorn = Work +
        """
        def application(environ, start_response):
            say_and_spin()
            start_response("200 OK", [])
            return [b"done"]
        """;

    // A broker in the master's own memory, so that it takes no other server; the pool's processes are forked all the same.
    private const string Celery = Work +
        """
        from celery import Celery
        from celery.signals import worker_ready

        app = Celery("app", broker="memory://")


        @app.task
        def work():
            say_and_spin()


        @worker_ready.connect
        def begin(**_):
            for _ in range(2):
                work.delay()
        """;

    private readonly string _name = $"/tmp/pyflame-{Guid.NewGuid():N}";
    private string? _folder;

    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public void Gunicorn_s_workers()
    {
        using PlainProcess server = Start(
            "gunicorn", Gunicorn, $"/usr/bin/gunicorn --chdir {_name} --workers 2 --bind unix:{_name}/socket app:application");
        string socket = Path.Combine(_folder!, "socket");
        ReadUntil(server, "Listening at");
        Socket[] clients = [Ask(socket), Ask(socket)];

        string[] request = ["Worker.init_process", "SyncWorker.run", "SyncWorker.run_for_one", "SyncWorker.accept", "SyncWorker.handle", "SyncWorker.handle_request"];
        AssertWorkers(server, [.. request, "application", "say_and_spin", "spin"]);
        foreach (Socket client in clients)
        {
            client.Dispose();
        }
    }

    [Fact]
    public void Celery_s_workers()
    {
        using PlainProcess server = Start(
            "celery",
            Celery,
            $"/usr/bin/python3 /usr/bin/celery --workdir {_name} -A app worker --concurrency 2 --without-gossip --without-mingle --without-heartbeat");

        string[] task =
        [
            "Worker.__call__", "Worker.workloop", "fast_trace_task", "build_tracer.<locals>.trace_task", "_install_stack_protection.<locals>.__protected_call__",
        ];
        AssertWorkers(server, [.. task, "work", "say_and_spin", "spin"]);
    }

    /// <summary>Records the server until both workers were seen at work, and compares the end of their stacks.</summary>
    private static void AssertWorkers(PlainProcess server, string[] expected)
    {
        int[] workers = [ReadWorker(server), ReadWorker(server)];
        using var recorder = new TreeRecorder(server.Id);
        recorder.Run(() => workers.All(worker => recorder.SamplesOf(worker, "spin") >= Enough));

        Assert.NotEqual(workers[0], workers[1]);
        Assert.All(workers, worker =>
        {
            ProfiledProcess process = Assert.Single(recorder.Profile.Processes, process => process.ProcessId == worker);
            Assert.Equal(server.Id, process.ParentProcessId);
            Assert.StartsWith("3.11.", process.PythonVersion, StringComparison.Ordinal);
            Assert.Equal(expected, recorder.FunctionsOf(worker, "spin", isQualified: true).TakeLast(expected.Length));
        });
        Assert.Empty(recorder.Sampler.Failures);
    }

    private static int ReadWorker(PlainProcess server) =>
        int.Parse(ReadUntil(server, "worker ").Split(' ')[1], CultureInfo.InvariantCulture);

    private static string ReadUntil(PlainProcess server, string words)
    {
        var said = new StringBuilder();
        while (server.Output.ReadLine() is { } line)
        {
            // The logs of both speak of workers too.
            if (line.StartsWith(words, StringComparison.Ordinal) || (words != "worker " && line.Contains(words, StringComparison.Ordinal)))
            {
                return line;
            }

            said.AppendLine(line);
        }

        throw new InvalidOperationException($"The server ended before it said '{words}':\n{said}");
    }

    private static Socket Ask(string path)
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
        client.Send("GET / HTTP/1.0\r\n\r\n"u8);
        return client;
    }

    // In a mount namespace of its own: semaphores take a /dev/shm, of which nothing is to be left. Celery stumbles over variables of others.
    private PlainProcess Start(string package, string application, string command)
    {
        string? root = UnpackedPrograms.RootOf(package);
        Assert.SkipWhen(root is null, UnpackedPrograms.Missing);
        _folder = root + _name;
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "app.py"), application);
        string shm = Directory.CreateDirectory(Path.Combine(root, "dev", "shm")).FullName;
        return PlainProcess.Start(
            "/usr/bin/unshare", "--mount", "/bin/sh", "-c", $"mount -t tmpfs none {shm} && cd / && exec env -i PATH=$PATH chroot {root} {command} 2>&1");
    }
}
