using Pyflame.Profiles;

namespace Pyflame.Cli.Commands;

/// <summary>One function, or all of one name, with callers and callees.</summary>
/// <param name="Sites">Which.</param>
/// <param name="Own">In samples.</param>
/// <param name="Total">In samples; what the callers add up to.</param>
/// <param name="Callers">Who called it; where it calls itself, who called the first of it.</param>
/// <param name="Callees">Whom it called; where it calls itself, whom the last of it called.</param>
internal sealed record FunctionReport(
    IReadOnlyList<CallSite> Sites, long Own, long Total, IReadOnlyList<CallWeight> Callers, IReadOnlyList<CallWeight> Callees);
