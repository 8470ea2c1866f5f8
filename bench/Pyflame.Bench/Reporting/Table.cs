using System.Text;

namespace Pyflame.Bench.Reporting;

/// <summary>A table in Markdown.</summary>
/// <param name="columns">The headings.</param>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, columns);
        Write(text, [.. columns.Select(_ => "---")]);
        foreach (string[] row in _rows)
        {
            Write(text, row);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
