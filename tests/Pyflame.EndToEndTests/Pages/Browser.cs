using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Pyflame.EndToEndTests.Pages.Browser))]

namespace Pyflame.EndToEndTests.Pages;

/// <summary>One Chromium for all tests of pages, started by the first of them.</summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // Without these Chromium tries to reach its maker's hosts.
    private static readonly string[] s_arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly SemaphoreSlim _starting = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>A window of its own, without a network; the test is skipped where there is no Chromium.</summary>
    public async Task<IBrowserContext> OpenWindowAsync(BrowserNewContextOptions? options = null)
    {
        string? chromium = s_places.FirstOrDefault(File.Exists);
        Assert.SkipUnless(chromium is not null, "Chromium is not installed; run scripts/consumers.sh, or install Debian's chromium");
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(
                new BrowserTypeLaunchOptions { ExecutablePath = chromium, Args = s_arguments, Timeout = 120_000 });
        }
        finally
        {
            _starting.Release();
        }

        options ??= new BrowserNewContextOptions();
        options.ViewportSize ??= new ViewportSize { Width = 1280, Height = 800 };
        options.Offline = true;

        // Zooming is then done at once, and needs no waiting for.
        options.ReducedMotion = ReducedMotion.Reduce;
        IBrowserContext window = await _browser.NewContextAsync(options);

        // Far above what anything takes on a busy machine.
        window.SetDefaultTimeout(120_000);
        return window;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _starting.Dispose();
    }
}
