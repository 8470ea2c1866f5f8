using System.Buffers;

namespace Pyflame.Cli.Terminal;

/// <summary>Text of a target's, such as the names of its files, made safe to show: a terminal takes orders in control characters.</summary>
internal static class SafeText
{
    // C0 and C1 (ECMA-48), and the separators that some readers take for the end of a line.
    private static readonly SearchValues<char> s_controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Select(code => (char)code), '\u2028', '\u2029']);

    private static readonly SearchValues<char> s_controlsButLineEnd = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Select(code => (char)code).Where(code => code != '\n')]);

    /// <summary>The text on one line, with a space for each control character.</summary>
    public static string OneLine(string text) => Replace(text, s_controls);

    /// <summary>The text with its lines, and a space for each other control character.</summary>
    public static string Lines(string text) => Replace(text, s_controlsButLineEnd);

    private static string Replace(string text, SearchValues<char> controls)
    {
        if (!text.AsSpan().ContainsAny(controls))
        {
            return text;
        }

        return string.Create(text.Length, (text, controls), static (safe, state) =>
        {
            for (int index = 0; index < safe.Length; index++)
            {
                safe[index] = state.controls.Contains(state.text[index]) ? ' ' : state.text[index];
            }
        });
    }
}
