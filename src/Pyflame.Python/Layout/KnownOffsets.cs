using System.Diagnostics.CodeAnalysis;

namespace Pyflame.Python.Layout;

/// <summary>
/// The offsets of the releases that do not describe themselves: 2.6, 2.7 and 3.1 to 3.12, release builds, x86-64.
/// </summary>
/// <remarks>
/// Every number is what <c>offsetof</c> gives in a program compiled against the headers of that release; an integration test
/// compiles such a program for each interpreter whose headers are installed and compares them one by one. Layouts are fixed
/// for a minor version by CPython's ABI rule for the public structures; where an internal one moved in a patch release, the
/// entry says so. From 3.13 on see <see cref="DebugOffsets"/>.
/// </remarks>
public static partial class KnownOffsets
{
    /// <summary>The minor versions that there are offsets for, oldest first.</summary>
    public static IReadOnlyList<PythonVersion> Versions { get; } =
    [
        new(2, 6), new(2, 7), new(3, 1), new(3, 2), new(3, 3), new(3, 4), new(3, 5), new(3, 6), new(3, 7), new(3, 8),
        new(3, 9), new(3, 10), new(3, 11), new(3, 12),
    ];

    /// <summary>Finds the offsets of a version.</summary>
    /// <param name="version">The version, with its patch level: a few structures moved within a minor version.</param>
    /// <param name="offsets">The offsets; their <see cref="StructOffsets.Version"/> is <paramref name="version"/>.</param>
    /// <returns>False for a version that is not known, 3.13 and later among them.</returns>
    public static bool TryGet(PythonVersion version, [NotNullWhen(true)] out StructOffsets? offsets)
    {
        offsets = version switch
        {
            { Major: 2, Minor: 6 or 7 } => Python2(version),
            { Major: 3, Minor: 1 or 2 } => Python31(version),
            { Major: 3, Minor: >= 3 and <= 6 } => Python33(version),
            { Major: 3, Minor: 7 } => Python37(version),
            { Major: 3, Minor: 8 } => Python38(version),
            { Major: 3, Minor: 9 } => Python39(version),
            { Major: 3, Minor: 10 } => Python310(version),
            { Major: 3, Minor: 11 } => Python311(version),
            { Major: 3, Minor: 12 } => Python312(version),
            _ => null,
        };
        return offsets is not null;
    }

    /// <summary>PEP 393 strings of 3.3 to 3.11 and the other built-in objects of 3.x (Include/cpython/unicodeobject.h).</summary>
    private static ObjectOffsets ObjectsWithWideCharacters { get; } = new()
    {
        Type = 8,
        VarSize = 16,
        TypeName = 24,
        TypeFlags = 168,
        BytesData = 32,
        TupleItems = 24,
        ListItems = 24,
        UnicodeLength = 16,
        UnicodeState = 32,
        UnicodeAsciiData = 48,
        UnicodeCompactData = 72,
        UnicodeDataPointer = 72,
    };
}
