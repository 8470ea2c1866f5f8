using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>
/// Leaves out samples without a single frame: an interpreter that starts up or shuts down has a thread with the GIL that runs no
/// Python. Classic output has no line for that.
/// </summary>
internal sealed class PythonStacksOnly : ISampleSink
{
    private readonly ISampleSink _next;

    public PythonStacksOnly(ISampleSink next) => _next = next;

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        if (!sample.Stack.IsEmpty)
        {
            _next.Add(sample);
        }
    }
}
