using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;

namespace Pyflame.ExportBench;

/// <summary>A browser that opens pages and takes times.</summary>
internal sealed class PageRun : IAsyncDisposable
{
    private const int Runs = 3;
    private const int Pictures = 20;

    private static readonly string[] s_arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private PageRun(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>Starts the browser at a path.</summary>
    public static async Task<PageRun> StartAsync(string chromium)
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = chromium, Args = s_arguments });
        return new PageRun(playwright, browser);
    }

    /// <summary>Opens a page several times, each in a window of its own.</summary>
    public async Task<PageTimes> MeasureAsync(string file)
    {
        var all = new List<PageTimes>();
        for (int run = 0; run < Runs; run++)
        {
            all.Add(await MeasureOnceAsync(file));
        }

        return new PageTimes(
            all.Min(times => times.Open), all.Min(times => times.OpenWork), all.Min(times => times.ZoomFrame), all.Min(times => times.Search));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private async Task<PageTimes> MeasureOnceAsync(string file)
    {
        bool isReport = file.EndsWith(".html", StringComparison.Ordinal);
        await using IBrowserContext window = await _browser.NewContextAsync(
            new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1440, Height = 900 } });
        window.SetDefaultTimeout(120_000);
        IPage page = await window.NewPageAsync();
        ICDPSession session = await window.NewCDPSessionAsync(page);
        await session.SendAsync("Performance.enable", new Dictionary<string, object> { ["timeDomain"] = "threadTicks" });

        double before = await WorkAsync(session);
        long begin = Stopwatch.GetTimestamp();
        await page.GotoAsync("file://" + file);
        await page.Locator(isReport ? "body.ready" : "#controls").WaitForAsync();
        await DrawnAsync(page);
        double open = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        double openWork = await WorkAsync(session) - before;

        // At each picture the range is another.
        before = await WorkAsync(session);
        await page.EvaluateAsync(isReport ? ReportZooms : PictureZooms);
        double zoomFrame = (await WorkAsync(session) - before) / Pictures;

        begin = Stopwatch.GetTimestamp();
        await page.FillAsync("#search", "parse");
        await DrawnAsync(page);
        return new PageTimes(open, openWork, zoomFrame, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
    }

    private const string ReportZooms =
        """
        async () => {
          const scroller = document.querySelector("#flame .flame-scroller");
          const { left, top, width, height } = scroller.getBoundingClientRect();
          for (let picture = 0; picture < 20; picture++) {
            scroller.dispatchEvent(new WheelEvent("wheel", {
              deltaY: picture < 10 ? -80 : 80, ctrlKey: true, clientX: left + width * 0.3, clientY: top + height / 2,
              bubbles: true, cancelable: true,
            }));
            await new Promise(resolve => requestAnimationFrame(resolve));
          }
        }
        """;

    private const string PictureZooms =
        """
        async () => {
          for (let picture = 0; picture < 20; picture++) {
            const boxes = document.querySelectorAll("#frames rect");
            boxes[picture % 2 === 0 ? Math.min(8, boxes.length - 1) : 0].dispatchEvent(new MouseEvent("click", { bubbles: true }));
            if (picture % 2 === 1) {
              document.querySelector("#reset").click();
            }
            await new Promise(resolve => requestAnimationFrame(resolve));
          }
        }
        """;

    private static Task<JsonElement?> DrawnAsync(IPage page) =>
        page.EvaluateAsync("() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))");

    /// <summary>The processor time of the page's main thread so far, in milliseconds.</summary>
    private static async Task<double> WorkAsync(ICDPSession session)
    {
        JsonElement metrics = (await session.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics");
        return 1000 * metrics.EnumerateArray()
            .Single(metric => metric.GetProperty("name").GetString() == "TaskDuration")
            .GetProperty("value").GetDouble();
    }
}
