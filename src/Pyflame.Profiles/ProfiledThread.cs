using System.Globalization;

namespace Pyflame.Profiles;

/// <summary>A thread that was profiled.</summary>
/// <param name="Id">Its index in <see cref="Profile.Threads"/>.</param>
/// <param name="ProcessIndex">The index of its process in <see cref="Profile.Processes"/>.</param>
/// <param name="OsThreadId">The kernel's thread id as the profiler saw it; 0 where it is not known.</param>
/// <param name="Name">Its name in Python, else the one the kernel has; null where it has none.</param>
/// <param name="IsMain">Whether it is its process's main thread.</param>
public sealed record ProfiledThread(ProfiledThreadId Id, int ProcessIndex, int OsThreadId, string? Name, bool IsMain)
{
    /// <summary>The name, else <c>MainThread</c> or <c>Thread-</c> and the kernel's id.</summary>
    public string DisplayName =>
        !string.IsNullOrEmpty(Name) ? Name
        : IsMain ? "MainThread"
        : string.Create(CultureInfo.InvariantCulture, $"Thread-{OsThreadId}");

    /// <summary>The name and the kernel's id, such as <c>MainThread (4711)</c>, which tell threads of one name apart.</summary>
    public string Label =>
        OsThreadId == 0 ? DisplayName : string.Create(CultureInfo.InvariantCulture, $"{DisplayName} ({OsThreadId})");
}
