namespace Pyflame.Testing;

/// <summary>A frame as <c>sys._current_frames()</c> and <c>traceback</c> describe it in the target.</summary>
/// <param name="File"><c>co_filename</c>; what is not UTF-8 is escaped.</param>
/// <param name="Line">The line that runs.</param>
/// <param name="Name"><c>co_name</c>.</param>
/// <param name="QualifiedName"><c>co_qualname</c>; null before 3.11, which has none.</param>
/// <param name="FirstLine"><c>co_firstlineno</c>.</param>
public sealed record ReportedFrame(string File, int Line, string Name, string? QualifiedName, int FirstLine);
