using System.Text;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>Tells the version of CPython by what a mapped program or library itself shows, never by the name of its file.</summary>
public static class VersionDetector
{
    private const int ChunkSize = 256 << 10;

    // PY_VERSION, build info and compiler have at most 80 characters each (Python/getversion.c).
    private const int LongestText = 256;

    /// <summary>Finds the version in the image of CPython that is mapped into a running process.</summary>
    /// <param name="module">The program or library that holds the interpreter.</param>
    /// <param name="memory">The target.</param>
    /// <param name="version">The version.</param>
    /// <param name="isExact">Whether the patch level is known too; it is 0 where only the soname tells the version.</param>
    /// <remarks>
    /// The evidence, best first: <c>Py_Version</c> (3.11+); the text behind <c>sys.version</c>, which <c>Py_GetVersion</c> puts
    /// into a static buffer when the interpreter makes its <c>sys</c> module, before it runs any code; the soname.
    /// The debug offsets of 3.13 and later need none of this: <see cref="DebugOffsets.TryReadVersion"/>.
    /// </remarks>
    public static bool TryDetect(LoadedModule module, MemoryReader memory, out PythonVersion version, out bool isExact)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(memory);
        isExact = TryReadVersionVariable(module, memory, out version) || TryFindVersionText(module, memory, out version);
        return isExact || TryParseSoName(module.SoName, out version);
    }

    /// <summary>Finds the text behind <c>sys.version</c> in the writable data of an image.</summary>
    public static bool TryFindVersionText(LoadedModule module, MemoryReader memory, out PythonVersion version)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(memory);
        foreach (RemoteRange range in module.WritableData)
        {
            if (TryScan(memory, range, out version))
            {
                return true;
            }
        }

        version = default;
        return false;
    }

    /// <summary>
    /// Reads a <c>PY_VERSION</c> (Include/patchlevel.h) from the start of a text: <c>3.8.18</c>, <c>3.15.0b1</c>, <c>3.9.2+</c>.
    /// </summary>
    /// <param name="text">The text, longer than the version or not.</param>
    /// <param name="version">The version.</param>
    /// <param name="length">How many characters it takes, a plus sign included.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out PythonVersion version, out int length)
    {
        version = default;
        length = 0;
        Span<int> numbers = stackalloc int[3];
        for (int i = 0; i < 3; i++)
        {
            if ((i > 0 && !TryTake(text, ref length, '.')) || !TryTakeNumber(text, ref length, out numbers[i]))
            {
                return false;
            }
        }

        (int level, int serial) = (0xF, 0);
        ReadOnlySpan<char> rest = text[length..];
        int mark = rest.StartsWith("rc", StringComparison.Ordinal) ? 2 : !rest.IsEmpty && rest[0] is 'a' or 'b' or 'c' ? 1 : 0;
        if (mark > 0)
        {
            level = rest[0] switch { 'a' => 0xA, 'b' => 0xB, _ => 0xC };
            length += mark;
            if (!TryTakeNumber(text, ref length, out serial) || serial > 15)
            {
                return false;
            }
        }

        TryTake(text, ref length, '+');
        version = new PythonVersion(numbers[0], numbers[1], numbers[2], level, serial);
        return version.Major is 2 or 3 && (length == text.Length || !char.IsAsciiLetterOrDigit(text[length]));
    }

    /// <summary>Reads the version from a soname such as <c>libpython3.6m.so.1.0</c>; its patch level is 0.</summary>
    public static bool TryParseSoName(string? soName, out PythonVersion version)
    {
        version = default;
        const string Prefix = "libpython";
        if (soName is null || !soName.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<char> rest = soName.AsSpan(Prefix.Length);
        int length = 0;
        // libpython3.so is the stable ABI's library and tells nothing.
        if (!TryTakeNumber(rest, ref length, out int major) || !TryTake(rest, ref length, '.')
            || !TryTakeNumber(rest, ref length, out int minor) || major is not (2 or 3))
        {
            return false;
        }

        version = new PythonVersion(major, minor);
        return true;
    }

    /// <summary>Finds the text behind <c>sys.version</c> in bytes.</summary>
    internal static bool TryFindText(ReadOnlySpan<byte> bytes, out PythonVersion version) =>
        TryFindBefore(bytes, ") \n["u8, out version) || TryFindBefore(bytes, ") ["u8, out version);

    private static bool TryReadVersionVariable(LoadedModule module, MemoryReader memory, out PythonVersion version)
    {
        version = default;
        if (module.Image is null || !module.Image.TryFindDynamicSymbol("Py_Version", out var symbol)
            || !memory.TryRead(module.ToAddress(symbol.Value), out ulong hex) || hex > uint.MaxValue)
        {
            return false;
        }

        version = PythonVersion.FromHex((uint)hex);
        return version.Major == 3 && version.IsAtLeast(3, 11);
    }

    private static bool TryScan(MemoryReader memory, RemoteRange range, out PythonVersion version)
    {
        byte[] buffer = new byte[(int)Math.Min(range.Length, ChunkSize)];
        ulong end = Math.Min(range.Length, PythonLimits.ScannedBytes);
        for (ulong at = 0; at < end && buffer.Length > LongestText; at += (ulong)(buffer.Length - LongestText))
        {
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min((ulong)buffer.Length, end - at));
            // Pages that cannot be read are passed over with their chunk.
            if (memory.TryRead(range.Address + (long)at, chunk)
                && TryFindText(chunk, out version))
            {
                return true;
            }
        }

        version = default;
        return false;
    }

    /// <summary>
    /// <c>"%.80s (%.80s) %.80s"</c>: version, build, compiler (Python/getversion.c). The compiler begins with a bracket, up to 3.9 on
    /// a line of its own; distributors put their name between bars behind the version.
    /// </summary>
    private static bool TryFindBefore(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> compiler, out PythonVersion version)
    {
        int at = 0;
        Span<char> characters = stackalloc char[LongestText];
        while (chunk[at..].IndexOf(compiler) is >= 0 and var found)
        {
            int mark = at + found;
            ReadOnlySpan<byte> before = chunk[Math.Max(0, mark - LongestText)..mark];
            // A zero byte ends what lies before the buffer, so a text without a start began in the chunk before and was seen there.
            int start = before.LastIndexOf((byte)0) + 1;
            ReadOnlySpan<byte> text = before[start..];
            if (start > 0 && text.Length >= 8 && !text.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            {
                ReadOnlySpan<char> line = characters[..Encoding.Latin1.GetChars(text, characters)];
                if (TryParse(line, out version, out int length) && length < line.Length
                    && line[length] == ' ' && line[length..].Contains('('))
                {
                    return true;
                }
            }

            at = mark + 1;
        }

        version = default;
        return false;
    }

    private static bool TryTake(ReadOnlySpan<char> text, ref int at, char wanted)
    {
        if (at >= text.Length || text[at] != wanted)
        {
            return false;
        }

        at++;
        return true;
    }

    private static bool TryTakeNumber(ReadOnlySpan<char> text, ref int at, out int number)
    {
        int start = at;
        number = 0;
        while (at < text.Length && char.IsAsciiDigit(text[at]) && at - start < 3)
        {
            number = (number * 10) + (text[at++] - '0');
        }

        return at > start && number < 256;
    }
}
