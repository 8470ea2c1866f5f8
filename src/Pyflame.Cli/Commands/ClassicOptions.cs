using Pyflame.Python;

namespace Pyflame.Cli.Commands;

/// <summary>A classic command line, understood.</summary>
internal sealed record ClassicOptions
{
    /// <summary>What to do.</summary>
    public ClassicAction Action { get; init; } = ClassicAction.Attach;

    /// <summary>The process to sample; 0 where a command is run.</summary>
    public int ProcessId { get; init; }

    /// <summary>Whether the PID was given as a bare word, without <c>-p</c>.</summary>
    public bool IsBareProcessId { get; init; }

    /// <summary>The command to run with its arguments; empty where a process is attached to.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>How long a running process is sampled; zero for one sample. A command is sampled until it ends.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time between samples; zero for as fast as it goes.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Where the output goes; null for standard output.</summary>
    public string? OutputPath { get; init; }

    /// <summary>Whether idle time is left out.</summary>
    public bool ExcludeIdle { get; init; }

    /// <summary>Whether frames show their line.</summary>
    public bool LineNumbers { get; init; } = true;

    /// <summary>Whether every thread is sampled, not only the one that holds the GIL.</summary>
    public bool AllThreads { get; init; }

    /// <summary>Whether the samples are written in time order with their times.</summary>
    public bool FlameChart { get; init; }

    /// <summary>The version to take the interpreter for; null to find it out.</summary>
    public PythonVersion? ForcedVersion { get; init; }
}
