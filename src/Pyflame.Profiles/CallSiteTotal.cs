namespace Pyflame.Profiles;

/// <summary>The time of one call site over a whole profile.</summary>
/// <param name="Site">The index in <see cref="CallTree.Sites"/>.</param>
/// <param name="Own">In intervals: while it was running itself.</param>
/// <param name="Total">In intervals: while it was anywhere on the stack, once however often it called itself.</param>
public readonly record struct CallSiteTotal(int Site, long Own, long Total);
