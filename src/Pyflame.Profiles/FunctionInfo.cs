namespace Pyflame.Profiles;

/// <summary>A function: code that has a name and a place in a file.</summary>
/// <param name="Name">CPython's <c>co_name</c>, or the name of a native symbol or of a marker.</param>
/// <param name="QualifiedName">
/// CPython's <c>co_qualname</c> (3.11 and later), such as <c>Server.handle</c>; the same as the name where none is known.
/// </param>
/// <param name="FileName">CPython's <c>co_filename</c>, or the path of the native module; empty where there is none.</param>
/// <param name="FirstLineNumber">CPython's <c>co_firstlineno</c>, counted from 1; 0 where unknown.</param>
public readonly record struct FunctionInfo(StringId Name, StringId QualifiedName, StringId FileName, int FirstLineNumber);
