using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>The time that one function spent in or for another.</summary>
/// <param name="Site">The other; null for none, where a stack begins with the function.</param>
/// <param name="Weight">In samples.</param>
internal readonly record struct CallWeight(CallSite? Site, long Weight);
