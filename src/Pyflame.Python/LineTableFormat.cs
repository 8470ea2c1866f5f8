namespace Pyflame.Python;

/// <summary>How a code object says which line an instruction belongs to.</summary>
public enum LineTableFormat
{
    /// <summary><c>co_lnotab</c> up to 3.5: pairs of bytes, both unsigned (Objects/lnotab_notes.txt).</summary>
    UnsignedDeltas,

    /// <summary><c>co_lnotab</c> of 3.6 to 3.9: the line's delta is signed.</summary>
    SignedDeltas,

    /// <summary><c>co_linetable</c> of 3.10 (PEP 626): ranges, some of them without a line.</summary>
    Ranges,

    /// <summary><c>co_linetable</c> of 3.11 and later: the location table (Objects/locations.md).</summary>
    Locations,
}
