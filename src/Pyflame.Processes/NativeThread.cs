namespace Pyflame.Processes;

/// <summary>An OS thread of the target, as it was when it was read.</summary>
/// <param name="Id">Its id in our PID namespace; the one that pauses it.</param>
/// <param name="NamespaceId">
/// Its id as <c>gettid()</c> tells it to itself; differs from <paramref name="Id"/> in a container.
/// </param>
/// <param name="State">What it was doing.</param>
/// <param name="CpuTime">
/// The processor time it has used, user and system, to the hundredth of a second as a rule.
/// </param>
public readonly record struct NativeThread(int Id, int NamespaceId, NativeThreadState State, TimeSpan CpuTime);
