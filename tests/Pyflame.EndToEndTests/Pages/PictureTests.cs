using Microsoft.Playwright;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;
using Pyflame.Tests.Profiles;

namespace Pyflame.EndToEndTests.Pages;

/// <summary>The SVG in a browser, where it zooms and searches.</summary>
public sealed class PictureTests(Browser browser)
{
    [Fact]
    public async Task A_click_zooms_and_reset_goes_back()
    {
        await using OpenedPage picture = await OpenedPage.PictureAsync(browser, SampleProfiles.TwoThreads());
        Assert.Equal(
            ["all — 18 samples", "<module> app.py:32", "work app.py:25", "leaf app.py:14", "leaf app.py:15", "run pool.py:9", "wait pool.py:41"],
            await LabelsAsync(picture));
        Assert.True(await picture.Page.Locator("#reset").IsDisabledAsync());

        await ClickBoxAsync(picture, "leaf app.py:15");
        Assert.Equal(["work app.py:25", "<module> app.py:32", "all — 18 samples", "leaf app.py:15"], await LabelsAsync(picture));
        Assert.Equal(["1259.4", "1259.4", "1259.4", "1259.4"], await WidthsAsync(picture));

        await picture.Page.ClickAsync("#reset");
        Assert.Equal(7, (await LabelsAsync(picture)).Length);
    }

    [Theory]
    [InlineData("leaf", "38.9 % matched", 2)]
    [InlineData("LEAF", "no match", 0)]
    [InlineData("work|wait", "100 % matched", 2)]
    [InlineData("leaf(", "as plain text: no match", 0)]
    public async Task Search_tells_the_share_of_samples(string query, string share, int boxes)
    {
        await using OpenedPage picture = await OpenedPage.PictureAsync(browser, SampleProfiles.TwoThreads());

        await picture.Page.Keyboard.PressAsync("Control+f");
        await picture.Page.Keyboard.TypeAsync(query);

        Assert.Equal(share, await picture.TextAsync("#matched"));
        Assert.Equal(boxes, await picture.Page.Locator("rect.match").CountAsync());

        await picture.Page.Keyboard.PressAsync("Escape");
        Assert.Equal("", await picture.TextAsync("#matched"));
    }

    [Fact]
    public async Task Hovering_tells_the_numbers_of_a_box()
    {
        await using OpenedPage picture = await OpenedPage.PictureAsync(browser, SampleProfiles.TwoThreads());

        await picture.Page.Locator("#frames rect").Nth(6).HoverAsync();

        Assert.Equal(
            ["Pool.wait", "/a/pool.py:41", "8 samples · 44.4 % · 8 ms · own 44.4 %"],
            await picture.Page.Locator("#tip text").AllTextContentsAsync());
        Assert.Equal("visible", await picture.Page.Locator("#tip").GetAttributeAsync("visibility"));
    }

    [Fact]
    public async Task Boxes_too_narrow_for_elements_of_their_own_are_told_found_and_zoomed_to()
    {
        await using OpenedPage picture = await OpenedPage.PictureAsync(browser, OneWideAndManyNarrow());
        Assert.Equal(["all — 500 samples", "wide app.py:1"], await LabelsAsync(picture));
        LocatorBoundingBoxResult graph = (await picture.Page.Locator("#frames rect").First.BoundingBoxAsync())!;
        var narrow = ((float)(graph.X + (graph.Width * (440.5 / 500))), (float)(graph.Y - 9));

        await picture.Page.Mouse.MoveAsync(narrow.Item1, narrow.Item2);
        Assert.Equal(["narrow_40", "/a/app.py:42", "1 sample · 0.20 % · 1 ms · own 0.20 %"],
            await picture.Page.Locator("#tip text").AllTextContentsAsync());

        await picture.Page.Keyboard.PressAsync("/");
        await picture.Page.Keyboard.TypeAsync("narrow_40");
        Assert.Equal("0.20 % matched", await picture.TextAsync("#matched"));
        Assert.Equal(1, await picture.Page.Locator("path.match").CountAsync());

        await picture.Page.Mouse.ClickAsync(narrow.Item1, narrow.Item2);
        Assert.Equal(["all — 500 samples", "narrow_40 app.py:42"], await LabelsAsync(picture));
    }

    [Fact]
    public async Task The_keyboard_walks_and_zooms()
    {
        await using OpenedPage picture = await OpenedPage.PictureAsync(browser, SampleProfiles.TwoThreads());

        foreach (string key in new[] { "ArrowUp", "ArrowUp", "ArrowRight" })
        {
            await picture.Page.Keyboard.PressAsync(key);
        }

        Assert.StartsWith("run, /a/pool.py:9, 8 samples", await picture.Page.Locator("#spoken").TextContentAsync(), StringComparison.Ordinal);
        await picture.Page.Keyboard.PressAsync("Enter");
        Assert.Equal(["all — 18 samples", "run pool.py:9", "wait pool.py:41"], await LabelsAsync(picture));
        await picture.Page.Keyboard.PressAsync("Escape");
        Assert.Equal(7, (await LabelsAsync(picture)).Length);
    }

    [Fact]
    public async Task It_can_be_turned_over()
    {
        await using OpenedPage picture = await OpenedPage.PictureAsync(browser, SampleProfiles.TwoThreads(), new ExportOptions { Icicle = true });
        Assert.Equal(["0", "18", "36", "54", "54", "18", "36"], await TopsAsync(picture));

        await picture.Page.ClickAsync("#flip");
        Assert.Equal(["54", "36", "18", "0", "0", "36", "18"], await TopsAsync(picture));
    }

    [Fact]
    public async Task Without_scripts_it_is_still_a_picture()
    {
        await using OpenedPage picture = await OpenedPage.PictureAsync(
            browser, SampleProfiles.TwoThreads(), null, new BrowserNewContextOptions { JavaScriptEnabled = false });

        Assert.Equal(7, await picture.Page.Locator("#frames rect").CountAsync());
        Assert.Equal("leaf app.py:14", await picture.Page.Locator("#frames text").Nth(5).TextContentAsync());
        Assert.Equal(0, await picture.Page.Locator("#controls").CountAsync());
        LocatorBoundingBoxResult box = (await picture.Page.Locator("#frames rect").First.BoundingBoxAsync())!;
        Assert.Equal((10, 112), ((int)box.X, (int)box.Y));
    }

    [Fact]
    public async Task It_is_dark_where_the_reader_likes_it_dark()
    {
        await using OpenedPage picture = await OpenedPage.PictureAsync(
            browser, SampleProfiles.TwoThreads(), null, new BrowserNewContextOptions { ColorScheme = ColorScheme.Dark });

        Assert.Equal("rgb(27, 26, 25)", await FillAsync(picture, ".page"));
        Assert.Equal("rgb(250, 250, 249)", await FillAsync(picture, "#frames text"));
    }

    [Fact]
    public async Task A_narrow_window_gets_texts_of_the_same_size()
    {
        await using OpenedPage picture = await OpenedPage.PictureAsync(
            browser, SampleProfiles.TwoThreads(), null,
            new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 400, Height = 600 } });

        Assert.StartsWith("0 0 400 ", await picture.Page.Locator("svg").First.GetAttributeAsync("viewBox"), StringComparison.Ordinal);
        Assert.Equal(
            ["all — 18 samples", "<module> app.py:32", "work app.py:25", "leaf app.py:14", "leaf", "run pool.py:9", "wait pool.py:41"],
            await LabelsAsync(picture));
    }

    // 400 samples in one function, and one in each of a hundred others, whose order is that of their names.
    private static Profile OneWideAndManyNarrow()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Processes.Add(new ProfiledProcess(4711, "python3 /a/app.py", "3.13.1"));
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 4711, "MainThread", true));
        profile.Counts = new StackCounts();
        SampleProfiles.Add(profile, 0, 0, SampleProfiles.Stack(profile, ("/a/app.py", "wide", 1, 1)), weight: 400);
        for (int index = 0; index < 100; index++)
        {
            SampleProfiles.Add(profile, 0, 0, SampleProfiles.Stack(profile, ("/a/app.py", $"narrow_{index:00}", index + 2, index + 2)));
        }

        return profile;
    }

    private static Task<string> FillAsync(OpenedPage picture, string selector) =>
        picture.Page.Locator(selector).First.EvaluateAsync<string>("element => getComputedStyle(element).fill");

    private static async Task<string[]> LabelsAsync(OpenedPage picture) =>
        [.. await picture.Page.Locator("#frames text").AllTextContentsAsync()];

    private static Task<string[]> WidthsAsync(OpenedPage picture) => AttributesAsync(picture, "width");

    private static Task<string[]> TopsAsync(OpenedPage picture) => AttributesAsync(picture, "y");

    private static Task<string[]> AttributesAsync(OpenedPage picture, string name) =>
        picture.Page.Locator("#frames rect").EvaluateAllAsync<string[]>(
            "(boxes, name) => boxes.map(box => String(Number(box.getAttribute(name))))", name);

    private static async Task ClickBoxAsync(OpenedPage picture, string label)
    {
        int index = Array.IndexOf(await LabelsAsync(picture), label);
        await picture.Page.Locator("#frames rect").Nth(index).ClickAsync();
    }
}
