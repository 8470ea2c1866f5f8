using System.Text;
using Pyflame.Cli.Terminal;
using Pyflame.Processes;

namespace Pyflame.Cli.Commands;

/// <summary>A diagnosis as text: the verdict, what to do, and all that was checked.</summary>
internal static class DiagnosisText
{
    private const string Indent = "  ";

    /// <summary>Formats it.</summary>
    /// <param name="diagnosis">What was found.</param>
    /// <param name="width">In columns. The first line and commands to copy are never broken.</param>
    public static string Format(Diagnosis diagnosis, int width)
    {
        var text = new StringBuilder();
        text.Append(diagnosis.CanProfile ? "Yes: " : "No: ").AppendLine(SafeText.OneLine(diagnosis.Summary));
        if (diagnosis.Remedies.Count > 0)
        {
            bool isNeeded = !diagnosis.CanProfile;
            string any = diagnosis.Remedies.Count == 1 ? "This" : "Any one of these";
            text.AppendLine().AppendLine($"{any} {(isNeeded ? "changes that" : "lets Pyflame look into more")}:");
            int column = diagnosis.Remedies.Max(remedy => remedy.Situation.Length) + 4;
            foreach (AttachRemedy remedy in diagnosis.Remedies)
            {
                text.Append(Indent).Append(remedy.Situation.PadRight(column - Indent.Length)).AppendLine(SafeText.OneLine(remedy.Command));
            }
        }

        text.AppendLine().AppendLine("What was checked:");
        int names = diagnosis.Checks.Count == 0 ? 0 : diagnosis.Checks.Max(check => check.Name.Length);
        foreach (AttachCheck check in diagnosis.Checks)
        {
            string label = $"{Indent}{Word(check.Status),-7}  {check.Name.PadRight(names)}  ";
            text.Append(label);
            Wrap(text, check.Finding, label.Length, width);
            if (check.Remedy is not null && check.Status != CheckStatus.Fine && diagnosis.Remedies.Count == 0)
            {
                text.Append(' ', label.Length).AppendLine(SafeText.OneLine(check.Remedy));
            }
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>A status in a word, for the text and for JSON.</summary>
    public static string Word(CheckStatus status) => status switch
    {
        CheckStatus.Fine => "ok",
        CheckStatus.Unknown => "unknown",
        CheckStatus.Limits => "limits",
        _ => "blocks",
    };

    private static void Wrap(StringBuilder text, string words, int indent, int width)
    {
        int column = indent;
        foreach (string word in SafeText.OneLine(words).Split(' '))
        {
            if (column > indent && column + 1 + word.Length > width)
            {
                text.AppendLine().Append(' ', indent);
                column = indent;
            }
            else if (column > indent)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        text.AppendLine();
    }
}
