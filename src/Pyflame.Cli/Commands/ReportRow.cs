using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>The time of one function or line.</summary>
/// <param name="Site">Which.</param>
/// <param name="Own">In samples: while it was running itself.</param>
/// <param name="Total">In samples: while it was anywhere on the stack.</param>
internal readonly record struct ReportRow(CallSite Site, long Own, long Total);
