using Microsoft.Playwright;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;

namespace Pyflame.EndToEndTests.Pages;

/// <summary>A profile, written as a page and opened from its file in the browser.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private const double RowHeight = 20;

    private readonly DirectoryInfo _folder;
    private readonly IBrowserContext _window;

    private OpenedPage(DirectoryInfo folder, IBrowserContext window, IPage page)
    {
        _folder = folder;
        _window = window;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>What went wrong in the page: errors of its script, and requests that left the file.</summary>
    public List<string> Troubles { get; } = [];

    /// <summary>How requests begin that a test makes on purpose; null for none.</summary>
    public string? ExpectedRequests { get; set; }

    /// <summary>Writes and opens the report page, and waits until it is drawn.</summary>
    public static async Task<OpenedPage> ReportAsync(
        Browser browser, Profile profile, ExportOptions? options = null, BrowserNewContextOptions? window = null)
    {
        OpenedPage opened = await OpenAsync(browser, profile, new HtmlReportWriter(), options, window);
        await opened.Page.Locator("body.ready").WaitForAsync();
        return opened;
    }

    /// <summary>Writes and opens the SVG.</summary>
    public static Task<OpenedPage> PictureAsync(
        Browser browser, Profile profile, ExportOptions? options = null, BrowserNewContextOptions? window = null) =>
        OpenAsync(browser, profile, new FlameGraphWriter(), options, window);

    /// <summary>The text of an element.</summary>
    public Task<string> TextAsync(string selector) => Page.Locator(selector).InnerTextAsync();

    /// <summary>The texts of elements in their order.</summary>
    public Task<IReadOnlyList<string>> TextsAsync(string selector) => Page.Locator(selector).AllInnerTextsAsync();

    /// <summary>A point in a flame graph that stands on its root: a share of the width, and a row counted from the root.</summary>
    public async Task<(float X, float Y)> PointAsync(double share, int row, string graph = "#flame")
    {
        LocatorBoundingBoxResult box = (await Page.Locator($"{graph} canvas").BoundingBoxAsync())!;
        return ((float)(box.X + (box.Width * share)), (float)(box.Y + box.Height - ((row + 0.5) * RowHeight)));
    }

    /// <summary>Moves the pointer to a frame and gives what the tooltip says of it, line by line.</summary>
    public async Task<string[]> HoverAsync(double share, int row, string graph = "#flame")
    {
        (float x, float y) = await PointAsync(share, row, graph);
        await Page.Mouse.MoveAsync(x, y);
        await Page.Locator("#tooltip").WaitForAsync();
        return (await Page.Locator("#tooltip").InnerTextAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async Task ClickAsync(double share, int row)
    {
        (float x, float y) = await PointAsync(share, row);
        await Page.Mouse.ClickAsync(x, y);
    }

    /// <summary>The path to what the graph is zoomed to.</summary>
    public async Task<string> BreadcrumbsAsync() => string.Join(" › ", await TextsAsync("#breadcrumbs li"));

    /// <summary>Waits until an expression is true in the page.</summary>
    public Task WaitAsync(string expression) => Page.WaitForFunctionAsync(expression);

    public async ValueTask DisposeAsync()
    {
        await _window.DisposeAsync();
        _folder.Delete(recursive: true);
        Assert.Empty(Troubles);
    }

    private static async Task<OpenedPage> OpenAsync(
        Browser browser, Profile profile, IProfileWriter writer, ExportOptions? options, BrowserNewContextOptions? windowOptions)
    {
        IBrowserContext window = await browser.OpenWindowAsync(windowOptions);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pyflame-page-");
        string path = Path.Combine(folder.FullName, "profile" + writer.FileEndings[0]);
        await using (FileStream stream = File.Create(path))
        {
            writer.Write(profile, stream, options ?? ExportOptions.Default);
        }

        IPage page = await window.NewPageAsync();
        var opened = new OpenedPage(folder, window, page);
        page.PageError += (_, error) => opened.Troubles.Add(error);
        page.Dialog += (_, dialog) => opened.Troubles.Add($"dialog: {dialog.Message}");
        page.Request += (_, request) =>
        {
            bool isExpected = request.Url == $"file://{path}" || request.Url.StartsWith("data:", StringComparison.Ordinal)
                || (opened.ExpectedRequests is { } start && request.Url.StartsWith(start, StringComparison.Ordinal));
            if (!isExpected)
            {
                opened.Troubles.Add($"request: {request.Url}");
            }
        };
        await page.AddInitScriptAsync(
            "document.addEventListener('securitypolicyviolation', event => (window.violations ??= []).push(event.violatedDirective))");
        await page.GotoAsync($"file://{path}");
        return opened;
    }
}
