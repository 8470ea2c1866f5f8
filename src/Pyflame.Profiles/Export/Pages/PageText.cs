using System.Globalization;
using System.Text;

namespace Pyflame.Profiles.Export.Pages;

/// <summary>Makes texts from a target fit for a page: what is written is what is seen, and nothing of it is markup.</summary>
internal static class PageText
{
    /// <summary>
    /// The text with everything that does not show, or that changes how its neighbours show, spelled as Python spells it:
    /// control characters, line ends, bidirectional controls (<c>\u202e</c>), invisible spaces, halves of surrogate pairs and
    /// code points that XML forbids. Letters of any script stay.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="keepTabs">Whether tabs stay as they are, as in a line of source code.</param>
    public static string Visible(string text, bool keepTabs = false)
    {
        int index = 0;
        while (index < text.Length && !NeedsLook(text[index]))
        {
            index++;
        }

        if (index == text.Length)
        {
            return text;
        }

        var visible = new StringBuilder(text.Length + 16);
        visible.Append(text, 0, index);
        while (index < text.Length)
        {
            if (Rune.TryGetRuneAt(text, index, out Rune rune))
            {
                Append(visible, rune.Value, keepTabs);
                index += rune.Utf16SequenceLength;
            }
            else
            {
                Escape(visible, text[index++]);
            }
        }

        return visible.ToString();
    }

    /// <summary>The text as content or attribute value of XML and HTML, <see cref="Visible"/> included.</summary>
    public static string Markup(string text) => Visible(text)
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal);

    /// <summary>A count with its thousands told apart, such as <c>12,345</c>.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A share such as <c>12.3 %</c>; of nothing it is <c>0 %</c>.</summary>
    public static string Share(double part, double whole)
    {
        double percent = whole > 0 ? 100 * part / whole : 0;
        string format = percent is >= 99.95 or 0 ? "0" : percent < 0.095 ? "0.000" : percent < 0.995 ? "0.00" : "0.0";
        return percent.ToString(format, CultureInfo.InvariantCulture) + " %";
    }

    /// <summary>A length of time in the unit that suits it, such as <c>340 ms</c>, <c>12.3 s</c> or <c>4 min 05 s</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        double seconds = time.TotalSeconds;
        return seconds switch
        {
            < 0.9995 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.##} ms"),
            < 99.95 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.##} s"),
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds:00} s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours} h {time.Minutes:00} min"),
        };
    }

    private static bool NeedsLook(char character) =>
        character < ' ' || (character >= '\u007f' && (character <= '\u00ad' || character >= '\u0600'));

    private static void Append(StringBuilder visible, int code, bool keepTabs)
    {
        if (code == '\t' && keepTabs)
        {
            visible.Append('\t');
        }
        else if (IsUnseen(code))
        {
            Escape(visible, code);
        }
        else
        {
            visible.Append(char.ConvertFromUtf32(code));
        }
    }

    // The zero-width joiners U+200C and U+200D stay: Persian and the Indic scripts are spelled with them.
    private static bool IsUnseen(int code) => code switch
    {
        < 0x20 or (>= 0x7f and <= 0x9f) or 0xad => true,
        0x061c or 0x180e or 0x200b or 0x200e or 0x200f or (>= 0x2028 and <= 0x202e) or (>= 0x2060 and <= 0x206f) => true,
        0xfeff or (>= 0xfff9 and <= 0xfffb) or (>= 0xfdd0 and <= 0xfdef) => true,
        >= 0xe0000 and <= 0xe007f => true,
        _ => (code & 0xfffe) == 0xfffe,
    };

    private static void Escape(StringBuilder visible, int code)
    {
        _ = code switch
        {
            '\n' => visible.Append("\\n"),
            '\r' => visible.Append("\\r"),
            '\t' => visible.Append("\\t"),
            < 0x100 => visible.Append(CultureInfo.InvariantCulture, $"\\x{code:x2}"),
            < 0x10000 => visible.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}"),
            _ => visible.Append(CultureInfo.InvariantCulture, $"\\U{code:x8}"),
        };
    }
}
