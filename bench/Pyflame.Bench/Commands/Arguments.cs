using System.Globalization;

namespace Pyflame.Bench.Commands;

/// <summary>Options of the form <c>--name=value</c>, or <c>--name</c> alone.</summary>
internal sealed class Arguments
{
    private readonly List<KeyValuePair<string, string>> _options = [];

    /// <summary>Takes the words apart.</summary>
    /// <exception cref="FormatException">A word is no option, or not one of those known.</exception>
    public Arguments(IEnumerable<string> words, params ReadOnlySpan<string> known)
    {
        foreach (string word in words)
        {
            string[] parts = word.Split('=', 2);
            if (!parts[0].StartsWith("--", StringComparison.Ordinal) || !known.Contains(parts[0][2..]))
            {
                throw new FormatException($"'{word}' is no option; there are --{string.Join(", --", known!)}");
            }

            _options.Add(new(parts[0][2..], parts.Length > 1 ? parts[1] : string.Empty));
        }
    }

    /// <summary>Whether the option was given.</summary>
    public bool Has(string name) => _options.Exists(option => option.Key == name);

    /// <summary>The option's last value, or null.</summary>
    public string? Text(string name) => _options.FindLast(option => option.Key == name).Value;

    /// <summary>All values of an option that may be given more than once.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        [.. _options.Where(option => option.Key == name).Select(option => option.Value)];

    /// <summary>The option's value as a number.</summary>
    /// <exception cref="FormatException">It is no number.</exception>
    public double Number(string name, double fallback) =>
        Text(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : fallback;

    /// <summary>The option's value, which must be there.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public string Required(string name) => Text(name) ?? throw new FormatException($"--{name} is missing");
}
