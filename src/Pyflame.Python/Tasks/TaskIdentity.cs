using Pyflame.Processes;

namespace Pyflame.Python.Tasks;

/// <summary>What tells one task from a later one at the same address.</summary>
/// <param name="Coroutine">What it runs, in the target.</param>
/// <param name="Name">The object that is its name, in the target; null where it has none.</param>
/// <param name="First">The first words of that object, hash and text of a short name included.</param>
/// <param name="Second">The next.</param>
public readonly record struct TaskIdentity(RemoteAddress Coroutine, RemoteAddress Name, UInt128 First, UInt128 Second);
