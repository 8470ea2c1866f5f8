using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>How the time of one function changed.</summary>
/// <param name="Site">Which.</param>
/// <param name="Own">While it was running itself.</param>
/// <param name="Total">While it was anywhere on the stack.</param>
internal readonly record struct DiffRow(CallSite Site, ShareChange Own, ShareChange Total);
