namespace Pyflame.Testing;

/// <summary>
/// How long a test waits for what must come. Far above what it takes on a machine whose cores many others want: a limit turns a
/// hang into a failure, and times nothing.
/// </summary>
public static class TestLimits
{
    /// <summary>For one step: a command, an answer of a target, a state that it comes into.</summary>
    public static TimeSpan Step { get; } = TimeSpan.FromMinutes(3);

    /// <summary>For a recording that ends when the test has seen enough.</summary>
    public static TimeSpan Recording { get; } = TimeSpan.FromMinutes(5);

    /// <summary>For a target, which is killed then.</summary>
    public static TimeSpan Life { get; } = TimeSpan.FromMinutes(12);
}
