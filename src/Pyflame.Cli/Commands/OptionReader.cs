using System.Diagnostics.CodeAnalysis;

namespace Pyflame.Cli.Commands;

/// <summary>Reads options as getopt_long(3) does, so that every spelling that scripts use keeps its meaning.</summary>
/// <remarks>
/// Short options may be bundled, <c>-xn</c>, and have their value attached, <c>-s5</c>, or as the next word. Long options may be
/// cut to any part that fits no other option, and have their value after <c>=</c> or as the next word. Bare words may stand
/// between options; <c>--</c> ends the options.
/// </remarks>
internal sealed class OptionReader
{
    private readonly IReadOnlyList<string> _words;
    private readonly IReadOnlyList<OptionDefinition> _definitions;
    private readonly List<string> _bareWords = [];
    private int _next;
    private string _bundle = string.Empty;

    public OptionReader(IReadOnlyList<string> words, IReadOnlyList<OptionDefinition> definitions)
    {
        _words = words;
        _definitions = definitions;
    }

    /// <summary>The words that are no options, in order; complete once there are no more options.</summary>
    public IReadOnlyList<string> BareWords => _bareWords;

    /// <summary>Whether the option just read is part of a word that goes on with other letters.</summary>
    public bool IsInsideWord => _bundle.Length > 0;

    /// <summary>Reads the next option.</summary>
    /// <param name="definition">The option; null at the end of them.</param>
    /// <param name="value">Its value; null for an option that takes none.</param>
    /// <exception cref="CommandLineException">The next word is no known option, or its value is missing or one too many.</exception>
    public bool TryRead([NotNullWhen(true)] out OptionDefinition? definition, out string? value)
    {
        value = null;
        if (_bundle.Length > 0)
        {
            definition = ReadLetter(ref value);
            return true;
        }

        while (_next < _words.Count)
        {
            string word = _words[_next++];
            if (word == "--")
            {
                _bareWords.AddRange(TakeRest());
            }
            else if (word.StartsWith("--", StringComparison.Ordinal))
            {
                definition = ReadLong(word[2..], ref value);
                return true;
            }
            else if (word.Length > 1 && word[0] == '-')
            {
                _bundle = word[1..];
                definition = ReadLetter(ref value);
                return true;
            }
            else
            {
                _bareWords.Add(word);
            }
        }

        definition = null;
        return false;
    }

    /// <summary>Takes every word that has not been looked at, whatever it looks like.</summary>
    public IReadOnlyList<string> TakeRest()
    {
        var rest = new string[_words.Count - _next];
        for (int index = 0; index < rest.Length; index++)
        {
            rest[index] = _words[_next + index];
        }

        _next = _words.Count;
        return rest;
    }

    private OptionDefinition ReadLetter(ref string? value)
    {
        char letter = _bundle[0];
        OptionDefinition definition = FindLetter(letter);
        _bundle = _bundle[1..];
        if (definition.TakesValue)
        {
            value = _bundle.Length > 0 ? _bundle : NextWord() ?? throw new CommandLineException($"Option -{letter} needs a value.");
            _bundle = string.Empty;
        }

        return definition;
    }

    private OptionDefinition FindLetter(char letter)
    {
        foreach (OptionDefinition definition in _definitions)
        {
            if (definition.Letter == letter && letter != '\0')
            {
                return definition;
            }
        }

        throw new CommandLineException($"There is no option -{letter}.");
    }

    private OptionDefinition ReadLong(string word, ref string? value)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        OptionDefinition definition = FindName(equals < 0 ? word : word[..equals]);
        if (equals >= 0)
        {
            value = definition.TakesValue
                ? word[(equals + 1)..]
                : throw new CommandLineException($"Option --{definition.Name} takes no value.");
        }
        else if (definition.TakesValue)
        {
            value = NextWord() ?? throw new CommandLineException($"Option --{definition.Name} needs a value.");
        }

        return definition;
    }

    private OptionDefinition FindName(string name)
    {
        var fitting = new List<OptionDefinition>();
        foreach (OptionDefinition definition in _definitions)
        {
            if (definition.Name == name)
            {
                return definition;
            }

            if (definition.Name.StartsWith(name, StringComparison.Ordinal))
            {
                fitting.Add(definition);
            }
        }

        return fitting.Count switch
        {
            0 => throw new CommandLineException($"There is no option --{name}."),
            1 => fitting[0],
            _ => throw new CommandLineException(
                $"Option --{name} may be {string.Join(" or ", fitting.ConvertAll(definition => "--" + definition.Name))}."),
        };
    }

    private string? NextWord() => _next < _words.Count ? _words[_next++] : null;
}
