using System.Globalization;

namespace Pyflame.Processes;

/// <summary>How a process ended.</summary>
/// <param name="Code">The exit code, 0 to 255; meaningless where a signal ended it.</param>
/// <param name="Signal">The signal that ended it; 0 where it ended by itself.</param>
public readonly record struct ExitStatus(int Code, int Signal)
{
    /// <summary>Whether it ended by itself and with exit code 0.</summary>
    public bool IsSuccess => Code == 0 && Signal == 0;

    /// <summary>What a shell would show as its exit code: the code, or 128 and the signal.</summary>
    public int ShellCode => Signal == 0 ? Code : 128 + Signal;

    /// <summary><c>exit code N</c>, or <c>signal N</c>.</summary>
    public override string ToString() => Signal == 0
        ? "exit code " + Code.ToString(CultureInfo.InvariantCulture)
        : "signal " + Signal.ToString(CultureInfo.InvariantCulture);
}
