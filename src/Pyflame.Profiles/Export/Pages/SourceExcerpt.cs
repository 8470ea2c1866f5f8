namespace Pyflame.Profiles.Export.Pages;

/// <summary>What a page has of a source file.</summary>
/// <param name="Blocks">Runs of lines in ascending order, each with the number of its first line, counted from 1.</param>
/// <param name="LineCount">How many lines the file has, as far as it was read.</param>
/// <param name="Changed">Whether functions are no longer where they were recorded, so that lines may be wrong.</param>
internal sealed record SourceExcerpt(IReadOnlyList<(int FirstLine, IReadOnlyList<string> Lines)> Blocks, int LineCount, bool Changed);
