using Microsoft.Playwright;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;
using Pyflame.Tests.Profiles;
using Pyflame.Tests.Profiles.Export;

namespace Pyflame.EndToEndTests.Pages;

/// <summary>
/// The flame graph of the report page. In the profile of two threads the main thread takes 10 of 18 samples, on the left, and
/// the worker 8.
/// </summary>
public sealed class ReportFlameTests(Browser browser)
{
    private const double InMain = 0.2;
    private const double InWorker = 0.8;

    [Fact]
    public async Task Hovering_tells_the_numbers_of_a_frame()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());

        Assert.Equal(["all — 18 samples", "Total", "100 %", "18 samples · 18 ms", "Own", "0 %", "0 samples · 0 ms"], await report.HoverAsync(InMain, 0));
        Assert.Equal(
            ["Pool.wait", "/a/pool.py:40", "Total", "44.4 %", "8 samples · 8 ms", "Own", "44.4 %", "8 samples · 8 ms"],
            await report.HoverAsync(InWorker, 2));
        Assert.Equal(
            ["leaf", "/a/app.py:12", "Total", "38.9 %", "7 samples · 7 ms", "Own", "38.9 %", "7 samples · 7 ms"],
            await report.HoverAsync(InMain, 3));
    }

    [Fact]
    public async Task A_click_zooms_and_breadcrumbs_lead_back()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());
        Assert.Equal("all", await report.BreadcrumbsAsync());

        await report.ClickAsync(InMain, 3);
        Assert.Equal("all › <module> › work › leaf", await report.BreadcrumbsAsync());
        Assert.Equal("own 38.9 % (7 samples), total 38.9 % (7 samples)", await report.TextAsync("#selection-values"));

        // What was narrow now fills the width.
        Assert.Equal("leaf", (await report.HoverAsync(0.99, 3))[0]);

        await report.Page.ClickAsync("#breadcrumbs li:nth-child(2) button");
        Assert.Equal("all › <module>", await report.BreadcrumbsAsync());

        await report.Page.ClickAsync("#reset");
        Assert.Equal("all", await report.BreadcrumbsAsync());
        Assert.True(await report.Page.Locator("#reset").IsDisabledAsync());
        Assert.Equal("run", (await report.HoverAsync(InWorker, 1))[0]);
    }

    [Fact]
    public async Task The_wheel_zooms_at_the_pointer()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());
        (float x, float y) = await report.PointAsync(InWorker, 2);
        await report.Page.Mouse.MoveAsync(x, y);

        await report.Page.Keyboard.DownAsync("Control");
        for (int turn = 0; turn < 4; turn++)
        {
            await report.Page.Mouse.WheelAsync(0, -300);
        }

        await report.WaitAsync("document.querySelectorAll('#breadcrumbs li').length === 3");
        Assert.Equal("all › run › wait", await report.BreadcrumbsAsync());

        for (int turn = 0; turn < 5; turn++)
        {
            await report.Page.Mouse.WheelAsync(0, 300);
        }

        await report.WaitAsync("document.querySelectorAll('#breadcrumbs li').length === 1");
        Assert.Equal("all", await report.BreadcrumbsAsync());
    }

    [Fact]
    public async Task The_keyboard_walks_and_zooms()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());
        await report.Page.FocusAsync("#flame .flame-scroller");

        await PressAsync(report, "ArrowUp", "ArrowUp", "ArrowUp");
        Assert.Equal("work", await report.TextAsync("#selection-name"));
        await PressAsync(report, "ArrowRight");
        Assert.Equal("Pool.wait", await report.TextAsync("#selection-name"));
        await PressAsync(report, "ArrowDown");
        Assert.Equal("run", await report.TextAsync("#selection-name"));
        await PressAsync(report, "Enter");
        Assert.Equal("all › run", await report.BreadcrumbsAsync());
        await PressAsync(report, "Backspace");
        Assert.Equal("all", await report.BreadcrumbsAsync());
        await PressAsync(report, "ArrowUp", "Enter", "Escape");
        Assert.Equal("all", await report.BreadcrumbsAsync());
    }

    [Theory]
    [InlineData("leaf", "38.9 % of samples, 1 frame")]
    [InlineData("work|wait", "100 % of samples, 2 frames")]
    [InlineData("^run .*pool", "44.4 % of samples, 1 frame")]
    [InlineData("Pool", "44.4 % of samples, 1 frame")]
    [InlineData("LEAF", "no match")]
    [InlineData("leaf(", "as plain text: no match")]
    [InlineData("<module", "55.6 % of samples, 1 frame")]
    [InlineData("app", "55.6 % of samples, 3 frames")]
    public async Task Search_tells_the_share_of_samples(string query, string expected)
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());

        await report.Page.FillAsync("#search", query);

        Assert.Equal(expected, await report.TextAsync("#matched"));
    }

    [Fact]
    public async Task Search_marks_what_matches_and_Escape_forgets_it()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());
        string plain = await ColorAsync(report, InWorker, 1);

        await report.Page.Keyboard.PressAsync("Control+f");
        await report.Page.Keyboard.TypeAsync("run");
        Assert.Equal("#ff9500", await ColorAsync(report, InWorker, 1));
        Assert.Equal("#ebe8e4", await ColorAsync(report, InMain, 1));
        await report.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("run", await report.TextAsync("#selection-name"));

        await report.Page.Keyboard.PressAsync("Escape");
        Assert.Equal("", await report.TextAsync("#matched"));
        Assert.Equal(plain, await ColorAsync(report, InWorker, 1));
    }

    [Fact]
    public async Task Frames_are_merged_by_what_is_chosen()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());

        await report.Page.ClickAsync("#merge-line");
        Assert.Equal(["leaf", "/a/app.py:14", "Total", "27.8 %"], (await report.HoverAsync(0.1, 3))[..4]);
        Assert.Equal(["leaf", "/a/app.py:15", "Total", "11.1 %"], (await report.HoverAsync(0.33, 3))[..4]);

        await report.Page.ClickAsync("#merge-module");
        Assert.Equal(["app.py", "/a/app.py", "Total", "55.6 %", "10 samples · 10 ms", "Own", "55.6 %"], (await report.HoverAsync(InMain, 1))[..7]);

        await report.Page.ClickAsync("#merge-thread");
        Assert.Equal(["worker-0 (4712)", "Total", "44.4 %"], (await report.HoverAsync(InWorker, 1))[..3]);
        Assert.Equal(["MainThread (4711)", "Total", "55.6 %"], (await report.HoverAsync(InMain, 1))[..3]);
    }

    [Fact]
    public async Task Threads_are_filtered_and_told_apart()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());

        await report.Page.CheckAsync("#by-thread");
        Assert.Equal("worker-0 (4712)", (await report.HoverAsync(InWorker, 1))[0]);
        Assert.Equal("run", (await report.HoverAsync(InWorker, 2))[0]);

        await report.Page.UncheckAsync("#by-thread");
        await report.Page.ClickAsync("#thread-menu summary");
        await report.Page.GetByLabel("worker-0 (4712)").UncheckAsync();
        Assert.Equal("MainThread (4711)", await report.TextAsync("#thread-label"));
        await report.Page.FillAsync("#search", "leaf");
        Assert.Equal("70.0 % of samples, 1 frame", await report.TextAsync("#matched"));

        await report.Page.ClickAsync("#thread-none");
        Assert.True(await report.Page.Locator("#nothing").IsVisibleAsync());
    }

    [Fact]
    public async Task An_icicle_hangs_from_its_root()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads(), new ExportOptions { Icicle = true });

        LocatorBoundingBoxResult box = (await report.Page.Locator("#flame canvas").BoundingBoxAsync())!;
        await report.Page.Mouse.MoveAsync((float)(box.X + (box.Width * InWorker)), (float)(box.Y + 30));
        Assert.StartsWith("run", await report.TextAsync("#tooltip"), StringComparison.Ordinal);

        await report.Page.GetByText("Flame", new PageGetByTextOptions { Exact = true }).ClickAsync();
        Assert.Equal("run", (await report.HoverAsync(InWorker, 1))[0]);
    }

    [Fact]
    public async Task Colours_are_the_systems_until_the_reader_chooses()
    {
        Profile profile = SampleProfiles.TwoThreads();
        await using OpenedPage report = await OpenedPage.ReportAsync(
            browser, profile, null, new BrowserNewContextOptions { ColorScheme = ColorScheme.Dark });
        string dark = await ColorAsync(report, InWorker, 1);
        Assert.Equal("dark", await report.Page.Locator("html").GetAttributeAsync("data-theme"));
        Assert.Equal("rgb(23, 22, 21)", await BackgroundAsync(report));

        await report.Page.ClickAsync("#theme-button");
        Assert.Equal("light", await report.Page.Locator("html").GetAttributeAsync("data-theme"));
        Assert.Equal("rgb(247, 246, 244)", await BackgroundAsync(report));
        Assert.NotEqual(dark, await ColorAsync(report, InWorker, 1));
    }

    [Fact]
    public async Task A_hundred_thousand_stacks_open_and_zoom()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, GeneratedProfile.WithStacks(100_000));
        string whole = (await report.HoverAsync(0.3, 0))[0];

        await report.ClickAsync(0.3, 4);

        Assert.Matches("^all — [0-9]{3},[0-9]{3} samples$", whole);
        Assert.Equal(5, (await report.BreadcrumbsAsync()).Split(" › ").Length);
    }

    private static async Task PressAsync(OpenedPage report, params string[] keys)
    {
        foreach (string key in keys)
        {
            await report.Page.Keyboard.PressAsync(key);
        }
    }

    private static Task<string> BackgroundAsync(OpenedPage report) =>
        report.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");

    // The colour near the upper edge of a frame, where there is no text, once the graph is drawn.
    private static async Task<string> ColorAsync(OpenedPage report, double share, int row) =>
        await report.Page.EvaluateAsync<string>(
            """
            ([share, row]) => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => {
              const canvas = document.querySelector("#flame canvas");
              const [r, g, b] = canvas.getContext("2d")
                .getImageData(Math.round(canvas.width * share), canvas.height - row * 20 - 17, 1, 1).data;
              resolve("#" + [r, g, b].map(part => part.toString(16).padStart(2, "0")).join(""));
            })))
            """,
            new object[] { share, row });
}
