using System.Globalization;

namespace Pyflame.Python;

/// <summary>A CPython version, ordered as CPython orders them (<c>PY_VERSION_HEX</c>, Include/patchlevel.h).</summary>
/// <param name="Major">2 or 3.</param>
/// <param name="Minor">The minor version, which alone decides nearly every layout.</param>
/// <param name="Micro">The patch level; 0 where only the minor version is known.</param>
/// <param name="ReleaseLevel">0xA alpha, 0xB beta, 0xC candidate, 0xF final.</param>
/// <param name="Serial">The number of the pre-release.</param>
public readonly record struct PythonVersion(int Major, int Minor, int Micro = 0, int ReleaseLevel = 0xF, int Serial = 0)
    : IComparable<PythonVersion>
{
    /// <summary>The version that a <c>PY_VERSION_HEX</c> (as in <c>Py_Version</c> and <c>_Py_DebugOffsets</c>) stands for.</summary>
    public static PythonVersion FromHex(uint hex) => new(
        (int)(hex >> 24), (int)(hex >> 16 & 0xFF), (int)(hex >> 8 & 0xFF), (int)(hex >> 4 & 0xF), (int)(hex & 0xF));

    /// <summary><c>PY_VERSION_HEX</c> of this version.</summary>
    public uint Hex => (uint)(Major << 24 | Minor << 16 | Micro << 8 | ReleaseLevel << 4 | Serial);

    /// <summary>Whether this is <paramref name="major"/>.<paramref name="minor"/> or later.</summary>
    public bool IsAtLeast(int major, int minor) => Major > major || (Major == major && Minor >= minor);

    /// <inheritdoc/>
    public int CompareTo(PythonVersion other) => Hex.CompareTo(other.Hex);

    /// <summary>Order of release.</summary>
    public static bool operator <(PythonVersion left, PythonVersion right) => left.Hex < right.Hex;

    /// <summary>Order of release.</summary>
    public static bool operator >(PythonVersion left, PythonVersion right) => left.Hex > right.Hex;

    /// <summary>Order of release.</summary>
    public static bool operator <=(PythonVersion left, PythonVersion right) => left.Hex <= right.Hex;

    /// <summary>Order of release.</summary>
    public static bool operator >=(PythonVersion left, PythonVersion right) => left.Hex >= right.Hex;

    /// <summary>As <c>sys.version</c> begins: <c>3.13.0</c>, <c>3.15.0b1</c>, <c>3.15.0rc2</c>.</summary>
    public override string ToString()
    {
        string suffix = ReleaseLevel switch { 0xA => "a", 0xB => "b", 0xC => "rc", _ => "" };
        string text = string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Micro}");
        return suffix.Length == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}{suffix}{Serial}");
    }
}
