using System.Diagnostics;
using System.Runtime.Versioning;
using Pyflame.Processes;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Processes;

[SupportedOSPlatform("linux")]
public sealed class LaunchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pyflame-launch-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("exit 0", 0, 0)]
    [InlineData("exit 7", 7, 0)]
    [InlineData("kill -9 $$", 0, 9)]
    [InlineData("kill -TERM $$", 0, 15)]
    public void Its_end_is_reported(string script, int code, int signal)
    {
        using LaunchedProcess child = Launch("sh", "-c", script);
        ExitStatus status = WaitForExit(child);
        Assert.Equal(new ExitStatus(code, signal), status);
        Assert.Equal(status, child.ExitStatus);
        Assert.Equal(signal == 0 ? code : 128 + signal, status.ShellCode);
        Assert.False(child.TrySendSignal(0));
    }

    [Fact]
    public void Its_arguments_arrive_to_the_letter()
    {
        string[] arguments = ["", " ", "a b", "-t", "--", "$HOME", "'\"\\", "日本語", "*", "\n"];
        using LaunchedProcess child = Launch(
            ["sh", "-c", "f=$1; shift; for a; do printf '%s\\0' \"$a\"; done > \"$f\"", "sh", File("arguments"), .. arguments]);
        Assert.True(WaitForExit(child).IsSuccess);
        Assert.Equal(string.Concat(arguments.Select(static argument => argument + "\0")), Content("arguments"));
    }

    [Fact]
    public void Its_folder_environment_and_signals_are_ours()
    {
        using LaunchedProcess child = Launch(
            "sh", "-c", "{ pwd; printf '%s\\n' \"$PATH\"; ulimit -n; exec cat /proc/self/status; } > \"$1\"", "sh", File("state"));
        Assert.True(WaitForExit(child).IsSuccess);
        string[] lines = Content("state").Split('\n');
        Assert.Equal(Environment.CurrentDirectory, lines[0]);
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), lines[1]);
        string[] own = System.IO.File.ReadAllLines("/proc/self/status");
        Assert.Equal(Field(own, "SigBlk:"), Field(lines, "SigBlk:"));

        // .NET ignores SIGPIPE (13) in us; everything else that is ignored was ignored before us.
        Assert.Equal(Field(own, "SigIgn:") & ~(1UL << 12), Field(lines, "SigIgn:"));
    }

    [Fact]
    public void Its_process_group_is_ours()
    {
        using LaunchedProcess child = Launch("sh", "-c", "cat /proc/$$/stat > \"$1\"; cat /proc/$PPID/stat >> \"$1\"", "sh", File("stat"));
        Assert.True(WaitForExit(child).IsSuccess);
        string[] lines = Content("stat").Split('\n');
        string Group(string line) => line[(line.LastIndexOf(')') + 2)..].Split(' ')[2];
        Assert.Equal(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), lines[1].Split(' ')[0]);
        Assert.Equal(Group(lines[1]), Group(lines[0]));
    }

    [Theory]
    [InlineData("no-such-program-as-this", "Cannot run 'no-such-program-as-this': No such file or directory.")]
    [InlineData("/no/such/program", "Cannot run '/no/such/program': No such file or directory.")]
    [InlineData("/etc/passwd", "Cannot run '/etc/passwd': Permission denied.")]
    [InlineData("/tmp", "Cannot run '/tmp': Permission denied.")]
    [InlineData("", "Cannot run '': No such file or directory.")]
    public void A_program_that_cannot_be_run_says_why(string program, string message)
    {
        var exception = Assert.Throws<TargetProcessException>(() => Launch(program));
        Assert.Equal(TargetFailure.LaunchFailed, exception.Failure);
        Assert.Equal(message, exception.Message);
    }

    [Fact]
    public void A_script_without_an_interpreter_line_is_run_by_the_shell()
    {
        System.IO.File.WriteAllText(File("script"), "echo \"$1\" > \"$2\"; exit 4");
        System.IO.File.SetUnixFileMode(File("script"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using LaunchedProcess child = Launch(File("script"), "argument", File("out"));
        Assert.Equal(4, WaitForExit(child).Code);
        Assert.Equal("argument\n", Content("out"));
    }

    [Fact]
    public void A_wait_that_is_too_short_says_so()
    {
        using LaunchedProcess child = Launch("sleep", "30");
        var time = Stopwatch.StartNew();
        Assert.False(child.TryWaitForExit(TimeSpan.FromMilliseconds(30), out _));
        Assert.True(time.Elapsed >= TimeSpan.FromMilliseconds(30));
        Assert.Null(child.ExitStatus);
        Assert.True(child.TrySendSignal(15));
        Assert.Equal(new ExitStatus(0, 15), WaitForExit(child));
    }

    [Fact]
    public void Each_program_of_a_chain_is_noticed()
    {
        // sh, then env, then cat, which says that it is there by echoing a line.
        using var input = new FifoPair(folder);
        using LaunchedProcess child = Launch(
            "sh", "-c", "echo first > \"$2\"; read go < \"$1\"; exec env cat \"$1\" > \"$2\"", "sh", input.In, input.Out);
        using TargetProcess target = TargetProcess.Attach(child.ProcessId);
        Assert.Equal("first", input.ReadLine());
        ulong shell = target.ReadProgramStamp();
        Assert.NotEqual(0UL, shell);
        Assert.Equal(shell, target.ReadProgramStamp());
        Assert.Contains("sh", Path.GetFileName(target.ReadModules()[0].Path), StringComparison.Ordinal);
        input.WriteLine("go");
        input.WriteLine("second");
        Assert.Equal("second", input.ReadLine());
        Assert.NotEqual(shell, target.ReadProgramStamp());
        Assert.Contains("cat", Path.GetFileName(target.ReadModules()[0].Path), StringComparison.Ordinal);
        child.TrySendSignal(15);
        WaitForExit(child);
        Assert.Equal(0UL, target.ReadProgramStamp());
        Assert.True(target.HasExited);
        Assert.Empty(target.ReadMappings());
        Assert.Empty(target.ReadModules());
        Assert.Empty(target.ReadThreads());
        Assert.False(target.Memory.TryRead(new RemoteAddress(0x400000), out byte _));
    }

    [Fact]
    public void A_child_that_is_paused_still_reports_its_end()
    {
        using LaunchedProcess child = Launch("sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done; exit 9");
        using TargetProcess target = TargetProcess.Attach(child.ProcessId);
        int pauses = 0;
        while (target.TryPauseThread(child.ProcessId, out ProcessPause pause))
        {
            pauses++;
            pause.Dispose();
        }

        Assert.Equal(new ExitStatus(9, 0), WaitForExit(child));
        Assert.True(pauses > 0);
    }

    private static LaunchedProcess Launch(params string[] command) => TargetProcess.Launch(new LaunchOptions(command));

    private static ExitStatus WaitForExit(LaunchedProcess child)
    {
        Assert.True(child.TryWaitForExit(TestLimits.Step, out ExitStatus status), "It did not end.");
        return status;
    }

    private static ulong Field(string[] lines, string name) => Convert.ToUInt64(
        lines.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim(), 16);

    private string File(string name) => Path.Combine(folder, name);

    private string Content(string name) => System.IO.File.ReadAllText(File(name));

    /// <summary>Two named pipes that stay open on our side, so that a child may open and close them.</summary>
    private sealed class FifoPair : IDisposable
    {
        private readonly FileStream inStream;
        private readonly FileStream outStream;
        private readonly StreamReader reader;

        public FifoPair(string folder)
        {
            In = Path.Combine(folder, "in");
            Out = Path.Combine(folder, "out");
            Assert.Equal(0, TestLibc.MakeFifo(In, 0x180));
            Assert.Equal(0, TestLibc.MakeFifo(Out, 0x180));
            inStream = new FileStream(In, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            outStream = new FileStream(Out, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            reader = new StreamReader(outStream);
        }

        public string In { get; }

        public string Out { get; }

        public string? ReadLine() => reader.ReadLine();

        public void WriteLine(string line) => inStream.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));

        public void Dispose()
        {
            reader.Dispose();
            inStream.Dispose();
        }
    }
}
