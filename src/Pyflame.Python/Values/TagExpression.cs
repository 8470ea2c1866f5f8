using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Pyflame.Python.Values;

/// <summary>A label for samples and where its value is: <c>NAME=FUNCTION:LOCAL</c>, followed by <c>.attribute</c> and <c>[key]</c> as often as wanted.</summary>
/// <param name="Name">The label's name.</param>
/// <param name="Function">The function's name, or its qualified name.</param>
/// <param name="Local">The argument or local.</param>
/// <param name="Steps">How to go on from its value.</param>
public sealed record TagExpression(string Name, string Function, string Local, IReadOnlyList<TagStep> Steps)
{
    /// <summary>Understands such as <c>path=Server.handle:request.environ[PATH_INFO]</c>.</summary>
    /// <returns>False where it makes no sense.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out TagExpression? expression)
    {
        ArgumentNullException.ThrowIfNull(text);
        expression = null;
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        int colon = equals < 0 ? -1 : text.IndexOf(':', equals);
        if (equals < 1 || colon < equals + 2)
        {
            return false;
        }

        ReadOnlySpan<char> rest = text.AsSpan(colon + 1);
        string local = TakeWord(ref rest);
        var steps = new List<TagStep>();
        while (rest.Length > 0)
        {
            if (!TryTakeStep(ref rest, out TagStep? step))
            {
                return false;
            }

            steps.Add(step);
        }

        expression = new TagExpression(text[..equals], text[(equals + 1)..colon], local, steps);
        return local.Length > 0;
    }

    private static bool TryTakeStep(ref ReadOnlySpan<char> rest, [NotNullWhen(true)] out TagStep? step)
    {
        step = null;
        if (rest[0] == '.')
        {
            rest = rest[1..];
            step = new TagStep(true, TakeWord(ref rest), null);
            return step.Text.Length > 0;
        }

        int end = rest.IndexOf(']');
        if (rest[0] != '[' || end < 2)
        {
            return false;
        }

        ReadOnlySpan<char> key = rest[1..end];
        rest = rest[(end + 1)..];
        bool isQuoted = key.Length >= 2 && key[0] is '\'' or '"' && key[^1] == key[0];
        long? index = !isQuoted && long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
        step = new TagStep(false, (isQuoted ? key[1..^1] : key).ToString(), index);
        return true;
    }

    // Python's identifiers, as far as that is told from a delimiter.
    private static string TakeWord(ref ReadOnlySpan<char> rest)
    {
        int length = 0;
        while (length < rest.Length && (char.IsLetterOrDigit(rest[length]) || rest[length] == '_'))
        {
            length++;
        }

        string word = rest[..length].ToString();
        rest = rest[length..];
        return word;
    }
}
