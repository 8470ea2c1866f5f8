using System.Buffers;
using System.Globalization;
using System.Text;

namespace Pyflame.Profiles.Export;

/// <summary>The texts by which frames go in a profile.</summary>
internal static class FrameText
{
    // What ends a line for a reader in any language: the ASCII controls, and the two separators of Unicode.
    private static readonly SearchValues<char> s_unsafe = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(code => (char)code), .. Enumerable.Range(127, 33).Select(code => (char)code), ';', '\u2028', '\u2029']);

    /// <summary>The name of a frame's function.</summary>
    public static string FunctionName(Profile profile, FunctionInfo function, ExportOptions options) =>
        profile.Strings[options.QualifiedNames ? function.QualifiedName : function.Name];

    /// <summary>A frame as classic Pyflame shows it, <c>file:function:line</c>, as far as the options and the frame have it.</summary>
    public static string Label(Profile profile, FrameInfo frame, ExportOptions options)
    {
        FunctionInfo function = profile.Functions[frame.Function];
        string name = FunctionName(profile, function, options);
        string file = profile.Strings[function.FileName];
        if (!options.FileNames || file.Length == 0)
        {
            return name;
        }

        return options.LineNumbers && frame.LineNumber > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{file}:{name}:{frame.LineNumber}")
            : $"{file}:{name}";
    }

    /// <summary>The text without what would split a line or a stack: <c>;</c> becomes <c>:</c>, and a control character a space.</summary>
    public static string OneLine(string text)
    {
        if (!text.AsSpan().ContainsAny(s_unsafe))
        {
            return text;
        }

        var safe = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            safe.Append(character == ';' ? ':' : s_unsafe.Contains(character) ? ' ' : character);
        }

        return safe.ToString();
    }
}
