using Pyflame.Profiles.Export;
using Pyflame.Tests.Profiles;
using Pyflame.Tests.Profiles.Export;

namespace Pyflame.EndToEndTests.Pages;

/// <summary>Names that would like to be code, in a browser that would run them.</summary>
public sealed class HostilePagesTests(Browser browser)
{
    [Fact]
    public async Task Nothing_of_a_hostile_profile_runs_in_the_report()
    {
        var options = new ExportOptions
        {
            ThreadFrames = true,
            OpenSource = _ => new MemoryStream([.. "# </script><script>window.pyflameTrap=9</script>\n"u8, .. "x = '<img src=x onerror=alert(1)>'\n"u8]),
        };
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, HostileProfile.Make(), options);

        await report.Page.ClickAsync("#thread-menu summary");
        await report.HoverAsync(0.03, 1);
        await report.ClickAsync(0.03, 1);
        await report.Page.ClickAsync("#about-button");
        await report.Page.Keyboard.PressAsync("Escape");
        await report.Page.ClickAsync("#tab-functions");
        IReadOnlyList<string> names = await report.TextsAsync("#function-table td.column-name");
        await report.Page.ClickAsync("#tab-source");
        await report.Page.EvaluateAsync("dispatchEvent(new Event('beforeprint'))");

        Assert.Equal(HostileProfile.Names.Length, names.Count);
        Assert.Contains("Class.<script>window.pyflameTrap=1</script>", names);
        Assert.Contains("Class.left\\u202eright\\u2066inner\\u2069", names);
        Assert.Contains("Class.πρόγραμμα 数える שלום مرحبا 🐍 𝔘", names);
        Assert.Contains("# </script><script>window.pyflameTrap=9</script>", await report.TextsAsync("#source-code td.text"));
        Assert.Equal("undefined", await report.Page.EvaluateAsync<string>($"typeof window.{HostileProfile.Trap}"));
        Assert.Equal(0, await report.Page.Locator("img, iframe, object, embed").CountAsync());
        Assert.Equal("undefined", await report.Page.EvaluateAsync<string>("typeof window.violations"));
    }

    [Fact]
    public async Task Nothing_of_a_hostile_profile_runs_in_the_picture()
    {
        await using OpenedPage picture = await OpenedPage.PictureAsync(browser, HostileProfile.Make(), new ExportOptions { ThreadFrames = true });

        await picture.Page.Locator("#frames rect").Nth(1).HoverAsync();
        await picture.Page.FillAsync("#search", "script");

        Assert.Equal("undefined", await picture.Page.EvaluateAsync<string>($"typeof window.{HostileProfile.Trap}"));
        Assert.Equal(1, await picture.Page.Locator("script").CountAsync());
        Assert.Equal(0, await picture.Page.Locator("img, iframe, a").CountAsync());
    }

    [Fact]
    public async Task The_report_cannot_reach_a_network_even_if_it_wanted_to()
    {
        await using OpenedPage report = await OpenedPage.ReportAsync(browser, SampleProfiles.TwoThreads());

        // Playwright tells of a request before the browser refuses it.
        report.ExpectedRequests = "http://127.0.0.1:9/";
        string[] violations = await report.Page.EvaluateAsync<string[]>(
            """
            async () => {
              await fetch("http://127.0.0.1:9/").catch(() => {});
              const image = new Image();
              image.src = "http://127.0.0.1:9/x.png";
              await new Promise(resolve => image.addEventListener("error", resolve));
              const script = document.createElement("script");
              script.textContent = "window.ran = true";
              document.body.append(script);
              document.body.setAttribute("onclick", "window.ran = true");
              await new Promise(resolve => {
                const check = () => new Set(window.violations).size === 4 && resolve();
                document.addEventListener("securitypolicyviolation", check);
                check();
              });
              return [...new Set(window.violations)].sort().concat(String(window.ran));
            }
            """);

        Assert.Equal(["connect-src", "img-src", "script-src-attr", "script-src-elem", "undefined"], violations);
    }
}
