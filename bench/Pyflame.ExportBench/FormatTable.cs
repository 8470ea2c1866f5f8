using System.Diagnostics;
using Pyflame.Bench.Reporting;
using Pyflame.Profiles;
using Pyflame.Profiles.Export;
using Pyflame.Tests.Profiles.Export;

namespace Pyflame.ExportBench;

/// <summary>How long <c>pyflame convert</c> takes for a long recording, format by format.</summary>
internal static class FormatTable
{
    private const int Samples = 10_000_000;
    private const int Threads = 20;
    private const int Stacks = 20_000;
    private const int Runs = 3;
    private const double LongSeconds = 20;

    // Gives 20,000 stacks about 7 frames of their own each, as recordings of CPython's own tests have.
    private const int OneCallIn = 24;

    /// <summary>Writes a recording and has it converted.</summary>
    /// <param name="pyflame">The program.</param>
    /// <param name="names">The formats; all where there are none.</param>
    /// <param name="folder">Where files may be put.</param>
    public static Table Measure(string pyflame, IReadOnlyCollection<string> names, string folder)
    {
        string recording = Path.Combine(folder, "long.pyflame");
        long begin = Stopwatch.GetTimestamp();
        Record(recording);
        var table = new Table("format", "seconds", "MB");
        table.Add("(recording)", Seconds(begin), Megabytes(recording));
        foreach (IProfileWriter writer in FormatRegistry.Writers.Where(writer => names.Count == 0 || names.Contains(writer.Name)))
        {
            string output = Path.Combine(folder, "out" + writer.FileEndings[0]);
            table.Add(writer.Name, Convert(pyflame, writer.Name, recording, output), Megabytes(output));
            File.Delete(output);
        }

        return table;
    }

    // The least of several runs is what the program takes; more is what others took from it. One that takes long is run once.
    private static string Convert(string pyflame, string format, string recording, string output)
    {
        double least = double.MaxValue;
        for (int run = 0; run < Runs; run++)
        {
            File.Delete(output);
            long begin = Stopwatch.GetTimestamp();
            using Process process = Process.Start(pyflame, ["convert", "-f", format, recording, output]);
            process.WaitForExit();
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            least = Math.Min(least, seconds);
            if (process.ExitCode != 0)
            {
                return $"exit code {process.ExitCode}";
            }

            if (seconds > LongSeconds)
            {
                break;
            }
        }

        return $"{least:0.0}";
    }

    // As the sampler does it: the threads one after another in each round. Like a pool's workers they all run the same code, and
    // every other sample is of another stack than the one before.
    private static void Record(string path)
    {
        Profile profile = GeneratedProfile.WithStacks(Stacks, OneCallIn, Threads);
        StackId[] stacks = [.. Enumerable.Range(0, profile.Counts!.Count).Select(index => profile.Counts[index].Stack)];
        profile.Counts = null;
        profile.Statistics = null;
        var random = new Random(1);
        var current = new StackId[Threads];
        using FileStream file = File.Create(path);
        using var writer = new ProfileFileWriter(file, profile, leaveOpen: true);
        long time = 0;
        for (int index = 0; index < Samples; index++)
        {
            int thread = index % Threads;
            time += thread == 0 ? 800_000 + random.Next(50_000) : random.Next(2_000, 15_000);
            if (random.Next(2) == 0)
            {
                double skew = random.NextDouble();
                current[thread] = stacks[(int)(skew * skew * skew * stacks.Length)];
            }

            // What a thread does goes with where it stands.
            SampleState state = current[thread].Value % 4 == 0 ? SampleState.Idle : SampleState.OnCpu;
            writer.Add(new Sample(time, new ProfiledThreadId(thread), current[thread], state, 1));
        }

        writer.Complete();
    }

    private static string Seconds(long begin) => $"{Stopwatch.GetElapsedTime(begin).TotalSeconds:0.0}";

    private static string Megabytes(string path) => File.Exists(path) ? $"{new FileInfo(path).Length / 1e6:0.0}" : string.Empty;
}
