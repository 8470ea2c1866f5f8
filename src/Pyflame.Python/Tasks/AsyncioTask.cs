using Pyflame.Processes;

namespace Pyflame.Python.Tasks;

/// <summary>A task of <c>asyncio</c> as it was read.</summary>
/// <param name="Address">The task, in the target.</param>
/// <param name="Name">What <c>get_name()</c> gives; null before 3.8, where tasks have no names.</param>
/// <param name="Coroutine">What it runs, in the target.</param>
/// <param name="Loop">Its event loop, in the target.</param>
public sealed record AsyncioTask(RemoteAddress Address, string? Name, RemoteAddress Coroutine, RemoteAddress Loop);
