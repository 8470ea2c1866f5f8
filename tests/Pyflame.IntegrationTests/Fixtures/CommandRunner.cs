using System.Diagnostics;
using System.Text;

namespace Pyflame.Testing;

/// <summary>Runs a command to its end.</summary>
public static class CommandRunner
{
    /// <summary>Runs a command with an empty standard input.</summary>
    /// <param name="fileName">The program, by path or by name on the path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="limit">How long it may take; then it and all its children are killed.</param>
    /// <exception cref="TimeoutException">The limit passed; the message holds what it had printed.</exception>
    public static CommandResult Run(string fileName, IEnumerable<string> arguments, TimeSpan limit) =>
        Run(new ProcessStartInfo(fileName, arguments), limit);

    /// <summary>Runs a command that is to succeed.</summary>
    /// <param name="fileName">The program, by path or by name on the path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="InvalidOperationException">It did not; the message holds what it printed.</exception>
    public static void Check(string fileName, params IEnumerable<string> arguments)
    {
        CommandResult result = Run(fileName, arguments, TestLimits.Step);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{fileName} ended with exit code {result.ExitCode}.\n{result.Output}{result.Error}");
        }
    }

    /// <inheritdoc cref="Run(string, IEnumerable{string}, TimeSpan)"/>
    /// <param name="startInfo">Program, arguments, environment and working folder; all three streams are redirected.</param>
    /// <param name="limit">How long it may take; then it and all its children are killed.</param>
    public static CommandResult Run(ProcessStartInfo startInfo, TimeSpan limit)
    {
        startInfo.RedirectStandardInput = true;
        startInfo.RedirectStandardOutput = true;
        startInfo.RedirectStandardError = true;
        startInfo.StandardOutputEncoding = Encoding.UTF8;
        startInfo.StandardErrorEncoding = Encoding.UTF8;
        using Process process = Process.Start(startInfo)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();

        // Both streams end with the last process that holds them, which may be a child that outlives the command.
        bool ended = process.WaitForExit(limit) && Task.WaitAll([output, error], limit);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            throw new TimeoutException(
                $"{startInfo.FileName} {string.Join(' ', startInfo.ArgumentList)} took longer than {limit.TotalSeconds} s.\n"
                + $"stdout: {Partial(output)}\nstderr: {Partial(error)}");
        }

        return new CommandResult(process.ExitCode, output.Result, error.Result);
    }

    private static string Partial(Task<string> text) => text.Wait(TimeSpan.FromSeconds(5)) ? text.Result : "(still open)";
}
