namespace Pyflame.Profiles;

/// <summary>A thread of <see cref="Profile.Threads"/>.</summary>
/// <param name="Value">The index in the list.</param>
public readonly record struct ProfiledThreadId(int Value);
