using System.Diagnostics;
using System.Globalization;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Processes;

/// <summary>A program without Python as a target: a shell or what else every system has.</summary>
/// <remarks>
/// A shell stands between us and it, so that it is no child of ours and its own parent must hear of its end.
/// </remarks>
internal sealed class PlainProcess : IDisposable
{
    private readonly Process process;

    private PlainProcess(Process process)
    {
        this.process = process;
        Id = int.Parse(process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    }

    public int Id { get; }

    public bool HasExited => process.HasExited;

    public StreamReader Output => process.StandardOutput;

    public StreamWriter Input => process.StandardInput;

    public static PlainProcess Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("sh -c 'echo $$; exec \"$@\"' sh \"$@\"; exit $?");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(program);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new PlainProcess(Process.Start(start)!);
    }

    /// <summary>A shell that runs a script, and has said that it is ready.</summary>
    public static PlainProcess StartShell(string script)
    {
        PlainProcess shell = Start("/bin/sh", "-c", "echo ready; " + script);
        Assert.Equal("ready", shell.Output.ReadLine());
        return shell;
    }

    public void Signal(int signal) => Assert.Equal(0, TestLibc.Kill(Id, signal));

    public int WaitForExit()
    {
        Assert.True(process.WaitForExit(TestLimits.Step), "The process did not end.");
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        process.Dispose();
    }
}
