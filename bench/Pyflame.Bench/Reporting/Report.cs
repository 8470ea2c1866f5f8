using System.Text;

namespace Pyflame.Bench.Reporting;

/// <summary>The results of a run: the figures that have a mark to reach, then a table for each row.</summary>
internal sealed class Report
{
    private readonly Table _figures = new("figure", "to reach", "measured", "reached");
    private readonly StringBuilder _sections = new();

    /// <summary>Adds a figure that has a mark to reach.</summary>
    public void AddFigure(string name, string mark, string measured, bool reached)
    {
        _figures.Add(name, mark, measured, reached ? "yes" : "**no**");
        Console.WriteLine($"  {name}: {measured} (to reach: {mark}): {(reached ? "reached" : "NOT REACHED")}");
    }

    /// <summary>Adds a section.</summary>
    /// <param name="title">Its heading.</param>
    /// <param name="explanation">What was done.</param>
    /// <param name="table">What was measured.</param>
    public void AddSection(string title, string explanation, Table table)
    {
        string text = $"## {title}\n\n{explanation}\n\n{table}\n";
        _sections.Append(text);
        Console.WriteLine($"\n{text}");
    }

    /// <summary>The whole, in Markdown.</summary>
    public string ToMarkdown(string heading) => $"{heading}\n## Figures\n\n{_figures}\n{_sections}".TrimEnd() + "\n";
}
