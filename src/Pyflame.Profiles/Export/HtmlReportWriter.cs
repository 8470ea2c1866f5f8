using System.Security.Cryptography;
using System.Text;
using Pyflame.Profiles.Export.Pages;

namespace Pyflame.Profiles.Export;

/// <summary>
/// One self-contained page for a browser: a flame graph, the hottest functions with their callers and callees, and the
/// sources with the time of each line. It asks nothing of any network, which its content security policy enforces.
/// </summary>
public sealed class HtmlReportWriter : IProfileWriter
{
    // In the order in which they are put together; the last one starts the page.
    private static readonly string[] s_scripts =
    [
        "payload.js", "numbers.js", "dom.js", "search.js", "node-table.js", "call-tree.js", "totals.js", "flame-painter.js", "flame-graph.js",
        "flame-keys.js", "tooltip.js", "function-table.js", "sandwich.js", "python-tokens.js", "source-view.js", "thread-menu.js",
        "dialogs.js", "printing.js", "app.js",
    ];

    private static readonly string[] s_styles = ["theme.css", "report.css", "views.css", "print.css"];

    /// <inheritdoc/>
    public string Name => "html";

    /// <inheritdoc/>
    public string Description => "report page for a browser: flame graph, hottest functions, callers, sources by line";

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings { get; } = [".html", ".htm"];

    /// <inheritdoc/>
    public bool NeedsTimeOrder => false;

    /// <inheritdoc/>
    public void Write(Profile profile, Stream destination, ExportOptions options)
    {
        var summary = new ProfileSummary(profile, options);
        string style = string.Concat(s_styles.Select(EmbeddedText.Read));
        string script = Script();
        using var payload = new MemoryStream();
        new PagePayload(profile, options, summary).Write(payload);

        using var writer = new StreamWriter(destination, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        EmbeddedText.Fill(EmbeddedText.Read("report.html"), writer, name =>
        {
            switch (name)
            {
                case "policy":
                    writer.Write(
                        $"default-src 'none'; script-src 'sha256-{Hash(script)}'; style-src 'sha256-{Hash(style)}'; " +
                        "img-src data:; base-uri 'none'; form-action 'none'");
                    break;
                case "title":
                    writer.Write(PageText.Markup(summary.Title));
                    break;
                case "highlights":
                    writer.Write(PageText.Markup(string.Join(" · ", summary.Highlights)));
                    break;
                case "hottest":
                    WriteHottest(profile, writer, options);
                    break;
                case "style":
                    writer.Write(style);
                    break;
                case "payload":
                    writer.Write(Convert.ToBase64String(payload.GetBuffer(), 0, (int)payload.Length));
                    break;
                case "script":
                    writer.Write(script);
                    break;
                default:
                    throw new InvalidOperationException($"The template has a place '{name}' that nothing fills.");
            }
        });
    }

    private static string Script()
    {
        var script = new StringBuilder("(() => {\n\"use strict\";\n");
        foreach (string file in s_scripts)
        {
            script.Append(EmbeddedText.Read(file));
        }

        return script.Append("})();\n").ToString();
    }

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // For a reader whose browser runs no scripts, and for search engines of file systems.
    private static void WriteHottest(Profile profile, StreamWriter writer, ExportOptions options)
    {
        CallTree tree = CallTree.Build(profile, CallTreeMerge.Function);
        IEnumerable<CallSiteTotal> hottest = tree.SumBySite()
            .OrderByDescending(site => site.Own)
            .ThenByDescending(site => site.Total)
            .Take(30);
        foreach (CallSiteTotal site in hottest)
        {
            CallSite callSite = tree.Sites[site.Site];
            string file = options.FileNames ? callSite.FileName : string.Empty;
            writer.WriteLine(
                $"<tr><td>{PageText.Share(site.Own, tree.TotalWeight)}</td><td>{PageText.Share(site.Total, tree.TotalWeight)}</td>" +
                $"<td>{PageText.Markup(callSite.QualifiedName)}</td><td>{PageText.Markup(file)}</td></tr>");
        }
    }
}
