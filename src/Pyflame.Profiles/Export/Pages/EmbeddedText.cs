using System.Reflection;

namespace Pyflame.Profiles.Export.Pages;

/// <summary>The sources of the pages, which the assembly carries as resources.</summary>
internal static class EmbeddedText
{
    /// <summary>The text of a file of the folder <c>Assets</c>.</summary>
    /// <exception cref="InvalidOperationException">There is no such file: a mistake of ours.</exception>
    public static string Read(string fileName)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Pyflame.Pages." + fileName)
            ?? throw new InvalidOperationException($"The assembly carries no {fileName}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Puts values in the places of a template that are marked <c>{{name}}</c>; values are not looked into.</summary>
    /// <param name="template">The template.</param>
    /// <param name="writer">Where the result goes.</param>
    /// <param name="fill">Writes the value of a name.</param>
    public static void Fill(string template, TextWriter writer, Action<string> fill)
    {
        int position = 0;
        while (true)
        {
            int open = template.IndexOf("{{", position, StringComparison.Ordinal);
            if (open < 0)
            {
                writer.Write(template.AsSpan(position));
                return;
            }

            int close = template.IndexOf("}}", open, StringComparison.Ordinal);
            writer.Write(template.AsSpan(position, open - position));
            fill(template[(open + 2)..close]);
            position = close + 2;
        }
    }
}
