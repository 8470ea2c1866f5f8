using System.Text;

namespace Pyflame.Profiles;

/// <summary>Texts, each kept once. Index 0 is the empty text.</summary>
/// <remarks>
/// Half a surrogate pair, as Python puts in for bytes of a file name that are not UTF-8, is kept as U+FFFD, so that every text
/// can be written in UTF-8. Not safe for use by two threads at once.
/// </remarks>
public sealed class StringTable
{
    /// <summary>The most UTF-16 code units that a text has; of a longer one the rest is cut off.</summary>
    public const int MaxTextLength = 1 << 18;

    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];

    /// <summary>Makes a table that holds the empty text only.</summary>
    public StringTable() => Intern(string.Empty);

    /// <summary>How many texts there are; ids run from 0 to one less.</summary>
    public int Count => _texts.Count;

    /// <summary>The text of an id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not of this table.</exception>
    public string this[StringId id] => _texts[id.Value];

    /// <summary>The id of the text, which is added where it is new. Compares by code unit; allocates nothing for a known text.</summary>
    public StringId Intern(string text)
    {
        return new StringId(_indexes.TryGetValue(text, out int index) ? index : Append(text));
    }

    private int Append(string text)
    {
        string valid = WithoutHalfPairs(text.Length > MaxTextLength ? text[..MaxTextLength] : text);
        if (!_indexes.TryGetValue(valid, out int index))
        {
            index = _texts.Count;
            _texts.Add(valid);
            _indexes.Add(valid, index);
        }

        if (text.Length <= MaxTextLength)
        {
            _indexes.TryAdd(text, index);
        }

        return index;
    }

    private static string WithoutHalfPairs(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return text;
        }

        var valid = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            valid.Append(rune.ToString());
        }

        return valid.ToString();
    }
}
