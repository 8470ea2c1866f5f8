using System.Globalization;

namespace Pyflame.Profiles.Export.Pages;

/// <summary>What a box of the picture says.</summary>
/// <param name="Name">The name on the box.</param>
/// <param name="FullName">The name with that of its class.</param>
/// <param name="Path">The path of the file; empty where there is none or files are not shown.</param>
/// <param name="Label">The short name of the file.</param>
/// <param name="Line">The line, or where the function begins; 0 where unknown.</param>
/// <param name="Color">The index of its colour in <see cref="PagePalette"/>.</param>
internal sealed record SvgSite(string Name, string FullName, string Path, string Label, int Line, int Color)
{
    /// <summary>The file's short name and the line, such as <c>app.py:12</c>.</summary>
    public string Place => WithLine(Label);

    /// <summary>The file's path and the line.</summary>
    public string FullPlace => WithLine(Path);

    /// <summary>What the sites of a tree say.</summary>
    public static SvgSite[] From(IReadOnlyList<CallSite> sites, ExportOptions options)
    {
        var labels = new FileLabels(sites.Select(site => site.FileName).Distinct());
        return [.. sites.Select(site =>
        {
            string name = site.Name.Length == 0 ? "(unnamed)" : site.Name;
            string fullName = site.QualifiedName.Length == 0 ? name : site.QualifiedName;
            return new SvgSite(
                PageText.Visible(options.QualifiedNames ? fullName : name),
                PageText.Visible(fullName),
                options.FileNames ? PageText.Visible(site.FileName) : string.Empty,
                options.FileNames ? PageText.Visible(labels.Label(site.FileName)) : string.Empty,
                !options.FileNames ? 0 : site.LineNumber > 0 ? site.LineNumber : site.FirstLineNumber,
                PagePalette.IndexOf(site.Kind, FileLabels.Group(site.FileName), site.Name));
        })];
    }

    private string WithLine(string file) =>
        file.Length == 0 || Line <= 0 ? file : string.Create(CultureInfo.InvariantCulture, $"{file}:{Line}");
}
