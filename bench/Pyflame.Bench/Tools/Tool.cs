using System.Globalization;
using Pyflame.Testing;

namespace Pyflame.Bench.Tools;

/// <summary>A profiler that is measured.</summary>
/// <param name="name">How it is called in tables.</param>
internal abstract class Tool(string name)
{
    /// <summary>How it is called in tables.</summary>
    public string Name { get; } = name;

    /// <summary>What it says of its version.</summary>
    public required string Version { get; init; }

    /// <summary>Whether its collapsed output is austin's.</summary>
    public virtual bool IsAustin => false;

    /// <summary>Whether it can profile a target on that interpreter.</summary>
    public abstract bool Supports(Interpreter interpreter);

    /// <summary>The command that records.</summary>
    public abstract IReadOnlyList<string> Record(RecordingRequest request);

    /// <summary>The command that prints the stacks of a process once; null where it has none.</summary>
    public virtual IReadOnlyList<string>? Dump(int processId) => null;

    /// <summary>Variables for its commands.</summary>
    public virtual IReadOnlyDictionary<string, string>? Environment => null;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>A number as command lines take it.</summary>
    protected static string Text(double number) => number.ToString("0.########", CultureInfo.InvariantCulture);
}
