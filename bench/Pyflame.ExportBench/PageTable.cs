using System.Diagnostics;
using Pyflame.Bench.Reporting;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;
using Pyflame.Tests.Profiles.Export;

namespace Pyflame.ExportBench;

/// <summary>How large the pages are, and how long a browser takes to open, zoom and search them.</summary>
internal static class PageTable
{
    // The second number is how seldom a call leaves the beaten path: at 2 stacks share next to nothing.
    private static readonly (int Stacks, int OneCallIn)[] s_profiles = [(5_000, 12), (5_000, 2), (100_000, 12), (100_000, 2)];

    /// <summary>Writes the pages and opens them.</summary>
    /// <param name="chromium">The browser.</param>
    /// <param name="folder">Where files may be put.</param>
    public static async Task<Table> MeasureAsync(string chromium, string folder)
    {
        var table = new Table(
            "page", "stacks", "frames of all stacks", "write", "size", "open", "of it script, layout, paint", "zoom, a picture", "search");
        await using PageRun run = await PageRun.StartAsync(chromium);
        foreach ((int stacks, int oneCallIn) in s_profiles)
        {
            Profile profile = GeneratedProfile.WithStacks(stacks, oneCallIn);
            foreach (IProfileWriter writer in new IProfileWriter[] { new FlameGraphWriter(), new HtmlReportWriter() })
            {
                string file = Path.Combine(folder, $"{stacks}-{oneCallIn}{writer.FileEndings[0]}");
                long begin = Stopwatch.GetTimestamp();
                using (FileStream stream = File.Create(file))
                {
                    writer.Write(profile, stream, ExportOptions.Default);
                }

                double written = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;

                // On a busy machine a page takes minutes.
                Console.Error.WriteLine($"{writer.Name} of {stacks:N0} stacks: {new FileInfo(file).Length / 1e6:0.00} MB");
                PageTimes times = await run.MeasureAsync(file);
                table.Add(
                    writer.Name, $"{stacks:N0}", $"{profile.Stacks.Count:N0}", $"{written:N0} ms", $"{new FileInfo(file).Length / 1e6:0.00} MB",
                    $"{times.Open:N0} ms", $"{times.OpenWork:N0} ms", $"{times.ZoomFrame:0.0} ms", $"{times.Search:N0} ms");
            }
        }

        return table;
    }
}
