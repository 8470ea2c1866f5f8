using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Pyflame.Python.Layout;

/// <summary>
/// Reads <c>_Py_DebugOffsets</c>, the table with which CPython 3.13 and later describe themselves: the first bytes of
/// <c>_PyRuntime</c> (3.13: Include/internal/pycore_runtime.h, later pycore_debug_offsets.h).
/// </summary>
/// <remarks>
/// The table has no fields of its own for some offsets. Those are derived from a neighbour in the same structure, as each
/// line says; the order of the fields was the same in the headers of v3.13.0, v3.14.0 and v3.15.0.
/// </remarks>
public static class DebugOffsets
{
    /// <summary>The bytes to read from the start of <c>_PyRuntime</c>: more than any known version's table has.</summary>
    public const int TableSize = 1024;

    /// <summary>The length of the cookie, the version and the flags that begin the table.</summary>
    public const int PrefixSize = 24;

    /// <summary>
    /// The newest version whose table was read against its headers. A later one is read by the same scheme as long as what
    /// it says is plausible.
    /// </summary>
    public static PythonVersion NewestKnown { get; } = new(3, 15);

    /// <summary>Whether <paramref name="table"/> begins with the cookie.</summary>
    public static bool HasCookie(ReadOnlySpan<byte> table) => table.StartsWith("xdebugpy"u8);

    /// <summary>The version that the table says it is of; false where there is no cookie.</summary>
    public static bool TryReadVersion(ReadOnlySpan<byte> table, out PythonVersion version)
    {
        version = default;
        if (table.Length < PrefixSize || !HasCookie(table))
        {
            return false;
        }

        version = PythonVersion.FromHex((uint)BitConverter.ToUInt64(table[8..]));
        return true;
    }

    /// <summary>Reads the table.</summary>
    /// <param name="table">The first <see cref="TableSize"/> bytes of <c>_PyRuntime</c>; fewer where fewer can be read.</param>
    /// <param name="offsets">The offsets.</param>
    /// <param name="problem">What is wrong with the table, as the end of a sentence; null where nothing is.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> table, [NotNullWhen(true)] out StructOffsets? offsets, [NotNullWhen(false)] out string? problem)
    {
        offsets = null;
        if (!TryReadVersion(table, out PythonVersion version))
        {
            problem = "has no table of debug offsets";
            return false;
        }

        if (version.Major != 3 || !version.IsAtLeast(3, 13))
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"claims the version {version} for its debug offsets");
            return false;
        }

        var reader = new DebugOffsetsReader(table[PrefixSize..], version, BitConverter.ToUInt64(table[16..]));
        offsets = reader.Read();
        problem = reader.Problem is { } field
            ? string.Create(CultureInfo.InvariantCulture, $"has debug offsets of {version} that are not plausible ({field})")
            : null;
        if (problem is not null)
        {
            offsets = null;
        }

        return problem is null;
    }
}
