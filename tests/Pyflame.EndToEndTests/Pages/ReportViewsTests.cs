using Microsoft.Playwright;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;
using Pyflame.Tests.Profiles;
using Pyflame.Tests.Profiles.Export;

namespace Pyflame.EndToEndTests.Pages;

/// <summary>The other views of the report page: functions, sources, circumstances, paper and small screens.</summary>
public sealed class ReportViewsTests(Browser browser)
{
    [Fact]
    public async Task The_table_sorts_by_each_column()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());
        await report.Page.ClickAsync("#tab-functions");

        Assert.Equal(
            [
                "44.4 % 8|44.4 % 8|Pool.wait|pool.py", "38.9 % 7|38.9 % 7|leaf|app.py", "16.7 % 3|55.6 % 10|work|app.py",
                "0 % 0|55.6 % 10|<module>|app.py", "0 % 0|44.4 % 8|run|pool.py",
            ],
            await RowsAsync(report));

        await report.Page.ClickAsync(".column-total button");
        Assert.Equal(["work", "<module>", "Pool.wait", "run", "leaf"], await NamesAsync(report));
        Assert.Equal("descending", await report.Page.Locator("th.column-total").GetAttributeAsync("aria-sort"));

        await report.Page.ClickAsync(".column-total button");
        Assert.Equal(["leaf", "Pool.wait", "run", "work", "<module>"], await NamesAsync(report));

        await report.Page.ClickAsync("th.column-name button");
        Assert.Equal(["<module>", "Pool.wait", "leaf", "run", "work"], await NamesAsync(report));
    }

    [Fact]
    public async Task The_table_follows_merging_search_and_unit()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());
        await report.Page.ClickAsync("#tab-functions");

        await report.Page.ClickAsync("#merge-line");
        await report.Page.SelectOptionAsync("#unit", "time");
        await report.Page.FillAsync("#search", "leaf");
        Assert.Equal(["27.8 % 5 ms|27.8 % 5 ms|leaf|app.py:14", "11.1 % 2 ms|11.1 % 2 ms|leaf|app.py:15"], await RowsAsync(report));

        await report.Page.FillAsync("#search", "");
        await report.Page.ClickAsync("#merge-thread");
        Assert.Equal(["MainThread (4711)", "worker-0 (4712)"], await NamesAsync(report));
    }

    [Fact]
    public async Task A_function_stands_between_its_callers_and_callees()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());
        await report.Page.ClickAsync("#tab-functions");

        await report.Page.ClickAsync("tr[data-site] >> text=work");

        Assert.Equal("work", await report.TextAsync("#sandwich h2"));
        Assert.Contains("Own 16.7 % 3 samples", await report.TextAsync("#sandwich .numbers"), StringComparison.Ordinal);
        Assert.Equal(["work", "Total", "55.6 %"], (await report.HoverAsync(0.5, 0, "#sandwich-callers"))[..3]);
        Assert.Equal("<module>", (await report.HoverAsync(0.5, 1, "#sandwich-callers"))[0]);
        LocatorBoundingBoxResult callees = (await report.Page.Locator("#sandwich-callees canvas").BoundingBoxAsync())!;
        await report.Page.Mouse.MoveAsync(callees.X + 20, callees.Y + 30);
        Assert.StartsWith("leaf", await report.TextAsync("#tooltip"), StringComparison.Ordinal);

        // Along the keyboard, and back to the flame graph.
        await report.Page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal("<module>", await report.TextAsync("#sandwich h2"));
        await report.Page.GetByText("Find in flame graph").ClickAsync();
        Assert.Equal("55.6 % of samples, 1 frame", await report.TextAsync("#matched"));
    }

    [Fact]
    public async Task Recursion_counts_once_a_stack()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Threads.Add(new ProfiledThread(new ProfiledThreadId(0), 0, 1, null, true));
        profile.Counts = new StackCounts();
        StackId deep = SampleProfiles.Stack(
            profile, ("/x.py", "main", 1, 1), ("/x.py", "fib", 5, 6), ("/x.py", "fib", 5, 6), ("/x.py", "fib", 5, 6));
        profile.Counts.Add(new ProfiledThreadId(0), deep, 4);
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, profile);
        await report.Page.ClickAsync("#tab-functions");

        Assert.Equal(["100 % 4|100 % 4|fib|x.py", "0 % 0|100 % 4|main|x.py"], await RowsAsync(report));
    }

    [Fact]
    public async Task Sources_show_the_time_of_each_line()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads(), new ExportOptions
        {
            OpenSource = file => file == "/a/app.py" ? new MemoryStream(Source()) : null,
        });
        await report.Page.ClickAsync("#tab-source");

        Assert.Equal("/a/app.py", await report.TextAsync("#source-head h2"));
        Assert.Equal(["app.py", "pool.py"], await report.TextsAsync("#source-files .file-name"));
        Assert.Equal("27.8 %|27.8 %|14|    return sum(range(100))  # warm", await LineAsync(report, 14));
        Assert.Equal("11.1 %|11.1 %|15|    \"\"\"text\"\"\"", await LineAsync(report, 15));
        Assert.Equal("16.7 %|55.6 %|25|    leaf()", await LineAsync(report, 25));
        Assert.Equal("||1|# line 1", await LineAsync(report, 1));
        Assert.Equal(["return"], await report.TextsAsync("tr[data-line='14'] .token-keyword"));
        Assert.Equal(["# warm"], await report.TextsAsync("tr[data-line='14'] .token-comment"));
        Assert.Equal("14", await report.Page.Locator("#source-code tr.current").GetAttributeAsync("data-line"));

        await report.Page.ClickAsync("#source-next");
        Assert.Equal("25", await report.Page.Locator("#source-code tr.current").GetAttributeAsync("data-line"));

        await report.Page.FillAsync("#search", "warm$");
        Assert.Equal("1 line of this file", await report.TextAsync("#matched"));
        Assert.Equal(1, await report.Page.Locator("#source-code tr.match").CountAsync());

        // A file that could not be read still tells its lines.
        await report.Page.ClickAsync("#source-files button >> text=pool.py");
        Assert.Equal(["||9|in run".Replace("||", "|44.4 %|", StringComparison.Ordinal), "44.4 %|44.4 %|41|in Pool.wait"], await LinesAsync(report));
    }

    [Fact]
    public async Task A_selected_frame_leads_to_its_source_and_callers()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads(), new ExportOptions
        {
            OpenSource = file => file == "/a/app.py" ? new MemoryStream(Source()) : null,
        });

        await report.Page.ClickAsync("#merge-line");
        await report.ClickAsync(0.33, 3);
        await report.Page.ClickAsync("#selection-source");
        Assert.Equal("15", await report.Page.Locator("#source-code tr.current").GetAttributeAsync("data-line"));

        await report.Page.Keyboard.PressAsync("1");
        await report.Page.ClickAsync("#selection-callers");
        Assert.Equal("leaf", await report.TextAsync("#sandwich h2"));
    }

    [Fact]
    public async Task Without_lines_there_is_no_source_view()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(
            browser, SampleProfiles.TwoThreads(), new ExportOptions { LineNumbers = false });

        Assert.False(await report.Page.Locator("#tab-source").IsVisibleAsync());
        Assert.False(await report.Page.Locator("#merge-line").IsVisibleAsync());
    }

    [Fact]
    public async Task Circumstances_and_warnings_are_told()
    {
        Profile profile = SampleProfiles.TwoThreads();
        profile.Statistics = profile.Statistics! with { Lost = 2 };
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, profile);

        Assert.Equal("python3 /a/app.py", await report.TextAsync("h1"));
        Assert.Equal("10 ms · 18 samples · 1,000 Hz · wall · Python 3.13.1 · 2026-03-01 12:00 UTC", await report.TextAsync("#highlights"));
        Assert.Equal("2 samples were taken but lost.", await report.TextAsync("#warnings"));

        await report.Page.ClickAsync("#about-button");
        IReadOnlyList<string> names = await report.TextsAsync("#facts dt");
        IReadOnlyList<string> values = await report.TextsAsync("#facts dd");
        Assert.Contains(("Rate", "999.5 Hz reached of 1,000 Hz asked for"), names.Zip(values));
        Assert.Contains(("Idle", "8"), names.Zip(values));
        await report.Page.Keyboard.PressAsync("Escape");
        Assert.False(await report.Page.Locator("#about").IsVisibleAsync());
    }

    [Fact]
    public async Task On_paper_there_is_a_sheet_of_its_own()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());
        await report.Page.ClickAsync("#tab-source");

        await report.Page.EvaluateAsync("dispatchEvent(new Event('beforeprint'))");
        await report.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });

        Assert.True(await report.Page.Locator("#print-sheet canvas").IsVisibleAsync());
        Assert.False(await report.Page.Locator(".toolbar").IsVisibleAsync());

        // At any other share Chromium prints it too small.
        Assert.Equal("4 4", await report.Page.Locator("#print-sheet canvas").EvaluateAsync<string>(
            "({ width, height, offsetWidth, offsetHeight }) => `${width / offsetWidth} ${height / offsetHeight}`"));
        Assert.Equal("44.4 %\t8\t44.4 %\t8\tPool.wait\tpool.py", (await report.TextsAsync("#print-sheet tbody tr"))[0]);

        await report.Page.EvaluateAsync("dispatchEvent(new Event('afterprint'))");
        Assert.Equal(0, await report.Page.Locator("#print-sheet *").CountAsync());
    }

    [Theory]
    [InlineData("flame")]
    [InlineData("functions")]
    [InlineData("source")]
    public async Task On_a_small_screen_nothing_sticks_out(string view)
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(
            browser, GeneratedProfile.WithStacks(50), null,
            new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 360, Height = 740 } });

        await report.Page.ClickAsync($"#tab-{view}");

        Assert.Equal(360, await report.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.InRange(await report.Page.EvaluateAsync<int>("document.documentElement.scrollHeight"), 1, 740);
    }

    [Fact]
    public async Task Everything_that_can_be_used_has_a_name()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());

        string[] nameless = await report.Page.EvaluateAsync<string[]>(
            """
            () => Array.from(document.querySelectorAll("button, input, select, summary, [tabindex='0'], [role=tabpanel], fieldset, nav"))
              .filter(one => !(one.getAttribute("aria-label") || one.getAttribute("aria-labelledby") || one.textContent.trim()
                || one.labels?.[0]?.textContent.trim()))
              .map(one => one.outerHTML)
            """);

        Assert.Empty(nameless);
    }

    [Fact]
    public async Task An_empty_profile_says_that_it_is()
    {
        Profile profile = SampleProfiles.Empty();
        profile.Counts = new StackCounts();
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, profile);

        Assert.True(await report.Page.Locator("#nothing").IsVisibleAsync());
        await report.Page.ClickAsync("#tab-functions");
    }

    private static byte[] Source()
    {
        string[] lines = [.. Enumerable.Range(1, 40).Select(number => $"# line {number}")];
        lines[11] = "def leaf():";
        lines[13] = "    return sum(range(100))  # warm";
        lines[14] = "    \"\"\"text\"\"\"";
        lines[19] = "def work():";
        lines[24] = "    leaf()";
        return System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }

    private static async Task<string[]> RowsAsync(OpenedPage report) =>
        [.. (await report.Page.Locator("#function-table tbody tr").EvaluateAllAsync<string[]>(
            "rows => rows.map(row => Array.from(row.cells, cell => Array.from(cell.children, part => part.textContent).filter(text => text).join(' ')).join('|'))"))];

    private static Task<IReadOnlyList<string>> NamesAsync(OpenedPage report) => report.TextsAsync("#function-table td.column-name");

    private static async Task<string[]> LinesAsync(OpenedPage report) =>
        [.. await report.Page.Locator("#source-code tbody tr").EvaluateAllAsync<string[]>(
            "rows => rows.map(row => Array.from(row.cells, cell => cell.textContent).join('|'))")];

    private static Task<string> LineAsync(OpenedPage report, int line) =>
        report.Page.Locator($"#source-code tr[data-line='{line}']").EvaluateAsync<string>(
            "row => Array.from(row.cells, cell => cell.textContent).join('|')");
}
