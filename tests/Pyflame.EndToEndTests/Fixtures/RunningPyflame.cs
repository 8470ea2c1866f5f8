using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>The binary at work, to be sent signals.</summary>
public sealed class RunningPyflame : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private RunningPyflame(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Its process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts it, its standard input open and empty.</summary>
    public static RunningPyflame Start(params IEnumerable<string> arguments)
    {
        ProcessStartInfo startInfo = PyflameBinary.StartInfo(arguments);
        startInfo.RedirectStandardInput = true;
        startInfo.RedirectStandardOutput = true;
        startInfo.RedirectStandardError = true;
        startInfo.StandardOutputEncoding = startInfo.StandardErrorEncoding = Encoding.UTF8;
        return new RunningPyflame(Process.Start(startInfo)!);
    }

    /// <summary>Returns once it takes signals and has slept for its next sample a hundred times.</summary>
    public void WaitUntilItSamples() => Wait("did not begin to sample", () =>
    {
        Dictionary<string, string> status = ReadStatus();
        const ulong hangUp = 1UL << 0;
        return status.TryGetValue("SigCgt", out string? caught)
            && (ulong.Parse(caught, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & hangUp) != 0
            && int.Parse(status["voluntary_ctxt_switches"], CultureInfo.InvariantCulture) >= 100;
    });

    /// <summary>Sends a signal, by its name without SIG.</summary>
    public void Send(string signal) => CommandRunner.Run(
        "sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {ProcessId}")], TestLimits.Step);

    /// <summary>Sends a signal again and again, as an impatient user does, until it has ended.</summary>
    public void SendUntilItEnds(string signal) => CommandRunner.Run(
        "sh",
        ["-c", string.Create(CultureInfo.InvariantCulture, $"while kill -{signal} {ProcessId} && ! grep -q '^State:.Z' /proc/{ProcessId}/status; do :; done 2>/dev/null")],
        TestLimits.Step);

    /// <summary>Waits for its end, then closes the standard input, lest a command that it has left running does so for ever.</summary>
    public CommandResult End()
    {
        bool ended = _process.WaitForExit(TestLimits.Step);
        _process.StandardInput.Close();
        if (!ended || !Task.WaitAll([_output, _error], TestLimits.Step))
        {
            throw new TimeoutException("pyflame did not end.");
        }

        return new CommandResult(_process.ExitCode, _output.Result, _error.Result);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Wait(string failure, Func<bool> condition)
    {
        if (!SpinWait.SpinUntil(() => _process.HasExited || condition(), TestLimits.Step) || _process.HasExited)
        {
            string error = _process.HasExited ? _error.Result : "(still runs)";
            throw new InvalidOperationException($"pyflame {failure}.\nstderr: {error}");
        }
    }

    private Dictionary<string, string> ReadStatus()
    {
        try
        {
            return File.ReadLines($"/proc/{ProcessId}/status")
                .Select(line => line.Split(':', 2))
                .ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.Ordinal);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
